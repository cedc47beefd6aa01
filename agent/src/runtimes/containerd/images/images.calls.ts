import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { imageAgentCalls } from '@catalyst/shared/features/images-link';
import type { ImageKeeper } from './image-keeper.ts';
import type { ImagePulls } from './image-pulls.ts';
import { parseImageName } from './image-reference.ts';

/** What a node with containerd has for its images. */
export interface NodeImages {
  keeper: ImageKeeper;
  pulls: ImagePulls;
}

interface ImageCallParts {
  /** Null where there is no containerd. */
  images: NodeImages | null;
  /** Fetches a stream from the panel under a ticket. */
  receive(ticket: string, signal: AbortSignal): Promise<Readable>;
}

/** Of one answer. */
const maxListed = 1000;

export function imageCallHandlers({ images, receive }: ImageCallParts): CallHandlers<typeof imageAgentCalls> {
  const here = (): NodeImages => {
    if (images) return images;
    throw new AppError('unavailable', 'This node has no containerd, so it has no images');
  };
  return {
    'images:list': async () => {
      const { keeper, pulls } = here();
      const listed = await keeper.list();
      const newest = listed.toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
      return {
        images: newest.slice(0, maxListed).map(({ createdAt, lastUsedAt, usedBy: _, ...image }) => ({
          ...image,
          pulledAt: createdAt.getTime(),
          lastUsedAt: lastUsedAt.getTime(),
        })),
        pulls: pulls.list(),
      };
    },
    'images:pull': ({ pullId, reference, refresh, registry }) => {
      const { keeper, pulls } = here();
      const registries = registry ? [registry] : [];
      const { reference: name } = parseImageName(reference);
      const pull = pulls.start({ id: pullId, kind: 'pull', reference: name }, async (onProgress, signal) => [
        await keeper.fetch(name, { registries, refresh, onProgress, signal }),
      ]);
      return { pull };
    },
    'images:cancel': async ({ pullId }) => {
      await here().pulls.cancel(pullId);
      return {};
    },
    'images:import': ({ pullId, ticket, reference, totalBytes }) => {
      const { keeper, pulls } = here();
      const name = reference === undefined ? undefined : parseImageName(reference).reference;
      const pull = pulls.start(
        { id: pullId, kind: 'import', reference: name ?? null },
        async (onProgress, signal) => {
          const archive = await receive(ticket, signal);
          return keeper.import(archive, { reference: name, totalBytes, onProgress, signal });
        },
      );
      return { pull };
    },
    'images:remove': ({ reference }) => here().keeper.remove(reference),
    'images:prune': ({ unusedForDays, isPreview }) => here().keeper.prune({ unusedForDays, isPreview }),
  };
}
