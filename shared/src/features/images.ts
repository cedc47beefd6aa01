import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { bytes, Freed, ImagePull, pruneFields, Reference } from './images-link.ts';
import { ImageReference } from './server-spec.ts';

const NodeImagePull = ImagePull.extend({ nodeId: Id }).meta({ id: 'ImagePull' });
export type NodeImagePull = z.output<typeof NodeImagePull>;

export const NodeImage = z
  .object({
    reference: Reference,
    digest: z.string(),
    /** As it was downloaded. Images share parts, so sums over images may be more than the disk holds. */
    packedBytes: bytes,
    /** Its files. */
    unpackedBytes: bytes,
    pulledAt: Timestamp,
    /** To the hour. */
    lastUsedAt: Timestamp,
    /** False when a part is missing: the next start fetches it. */
    isComplete: z.boolean(),
    /** It came in an archive, and maybe from nowhere else: it is removed only by name. */
    isImported: z.boolean(),
    /** How many servers are made of it or will be at their next start; such an image is not removed. */
    serverCount: z.int(),
    /** Those of them that the caller may see. */
    usedBy: z.array(z.object({ id: Id, name: z.string() })),
  })
  .meta({ id: 'NodeImage' });
export type NodeImage = z.output<typeof NodeImage>;

export const ImagePrune = z.strictObject(pruneFields).meta({ id: 'ImagePrune' });
export const PrunedImages = z.object({ removed: z.array(Reference), ...Freed }).meta({ id: 'PrunedImages' });

const OnNode = z.strictObject({ id: Id });
const tags = ['Images'];

export const imageRoutes = {
  list: route({
    method: 'GET',
    url: '/api/nodes/:id/images',
    config: { permission: 'node.read' },
    schema: {
      summary: 'The images on a node, and what is on its way there',
      tags,
      params: OnNode,
      querystring: PageQuery,
      response: {
        /** Pulls that run, and the latest that have ended. */
        200: pageOf(NodeImage).extend({ pulls: z.array(NodeImagePull) }),
      },
    },
  }),
  pull: route({
    method: 'POST',
    url: '/api/nodes/:id/images/pull',
    config: { permission: 'node.update', audit: 'node.pull-image' },
    schema: {
      summary: 'Fetch an image ahead of its use; its progress is told by `image_pull_progress`',
      tags,
      params: OnNode,
      body: z.strictObject({
        reference: ImageReference,
        /** Asks the registry also when the image is here: its tag may point at something newer. */
        refresh: z.boolean().default(false),
      }),
      response: { 202: NodeImagePull },
    },
  }),
  cancel: route({
    method: 'DELETE',
    url: '/api/nodes/:id/images/pulls/:pullId',
    config: { permission: 'node.update', audit: 'node.cancel-pull' },
    schema: {
      summary: 'Stop a pull or an import; what it has brought so far is thrown away',
      tags,
      params: z.strictObject({ id: Id, pullId: Id }),
      response: { 204: NoContent },
    },
  }),
  import: route({
    method: 'POST',
    url: '/api/nodes/:id/images/import',
    config: { permission: 'node.update', audit: 'node.import-image', stream: 'upload' },
    schema: {
      summary:
        'Bring the images of an archive (OCI layout or `docker save`, packed by gzip or not); it is the body of the request. Answered when all of it has reached the node',
      tags,
      params: OnNode,
      querystring: z.strictObject({
        /** What to call the image instead of the name that the archive has for it; for archives of one image. */
        reference: ImageReference.optional(),
      }),
      response: { 202: NodeImagePull },
    },
  }),
  remove: route({
    method: 'DELETE',
    url: '/api/nodes/:id/images',
    config: { permission: 'node.update', audit: 'node.remove-image' },
    schema: {
      summary: 'Remove an image that no server needs',
      tags,
      params: OnNode,
      querystring: z.strictObject({ reference: ImageReference }),
      response: { 200: z.object(Freed) },
    },
  }),
  prune: route({
    method: 'POST',
    url: '/api/nodes/:id/images/prune',
    config: { permission: 'node.update', audit: 'node.prune-images' },
    schema: {
      summary: 'Remove the images that no server needs, nobody used for some days, and a registry has',
      tags,
      params: OnNode,
      body: ImagePrune,
      response: { 200: PrunedImages },
    },
  }),
};

/** Panel → browsers and programs. */
export const imageClientEvents = {
  image_pull_progress: {
    summary: 'How far an image has come on its way to a node',
    permission: 'node.read',
    payload: NodeImagePull,
  },
} as const;
