import { z } from 'zod';
import { route } from '../contract/route.ts';
import { displayText, plainText } from '../contract/values.ts';

/** How people sort their servers: in lower case, so that one word is one tag however it was typed. */
export const ServerTag = displayText(32)
  .toLowerCase()
  .regex(/^[^,]*$/, 'must not contain a comma');

export const mostTags = 20;

export const ServerTags = z
  .array(ServerTag)
  .max(mostTags, `must be at most ${mostTags} tags`)
  .refine((tags) => new Set(tags).size === tags.length, 'names a tag twice');

export const ServerGroup = displayText(60);

export const ServerNotes = plainText(4000).trim();

/** What tells servers apart for people and changes nothing for the game. */
export const serverLabels = { tags: ServerTags, group: ServerGroup.nullable(), notes: ServerNotes };

export const KnownLabels = z
  .object({ tags: z.array(z.string()), groups: z.array(z.string()) })
  .meta({ id: 'KnownLabels' });
export type KnownLabels = z.output<typeof KnownLabels>;

export const serverLabelRoutes = {
  list: route({
    method: 'GET',
    url: '/api/servers/labels',
    config: { permission: 'signed-in' },
    schema: {
      summary: 'Tags and groups of the servers that the caller may see',
      tags: ['Servers'],
      response: { 200: KnownLabels },
    },
  }),
};
