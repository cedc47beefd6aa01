import { z } from 'zod';
import { ErrorCode } from '../contract/errors.ts';
import { base64url, Id } from '../contract/values.ts';
import { ImageReference, TrustedRegistry } from './server-spec.ts';

export const bytes = z.number().min(0).max(1e15);
export const Reference = z.string().max(600);

/** Something that brings an image to a node: a download, or an archive that somebody uploads. */
export const ImagePull = z.object({
  id: Id,
  kind: z.enum(['pull', 'import']),
  /** Of an archive only when a name was given for what is in it. */
  reference: Reference.nullable(),
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  /** What is being done, or was done last, in words. */
  text: z.string().max(1000),
  doneBytes: bytes,
  /** Null while the whole is not known. */
  totalBytes: bytes.nullable(),
  error: z.object({ code: ErrorCode.catch('internal'), message: z.string().max(1000) }).nullable(),
});
export type ImagePull = z.output<typeof ImagePull>;

export const pruneFields = {
  unusedForDays: z.int().min(0).max(3650).default(7),
  /** Only answers what would go. */
  isPreview: z.boolean().default(false),
};
export const Freed = { freedBytes: bytes };

/** Panel → agent. A node without containerd answers each of them with `unavailable`. */
export const imageAgentCalls = {
  'images:list': {
    summary: 'All images, and what brings others',
    input: z.strictObject({}),
    output: z.object({
      images: z
        .array(
          z.object({
            reference: Reference,
            digest: z.string().max(100),
            packedBytes: bytes,
            unpackedBytes: bytes,
            pulledAt: z.number(),
            lastUsedAt: z.number(),
            isComplete: z.boolean(),
            isImported: z.boolean(),
            serverIds: z.array(Id).max(10_000),
          }),
        )
        .max(1000),
      pulls: z.array(ImagePull).max(100),
    }),
    timeoutMs: 30_000,
  },
  'images:pull': {
    summary: 'Begin to fetch an image. Answered at once; its progress and its end are `image_pull_progress`',
    input: z.strictObject({
      pullId: Id,
      reference: ImageReference,
      refresh: z.boolean().default(false),
      /** Left aside unless it is the registry of this image. */
      registry: TrustedRegistry.optional(),
    }),
    output: z.object({ pull: ImagePull }),
  },
  'images:cancel': {
    summary: 'Stop a pull or an import; nothing happens when it has ended',
    input: z.strictObject({ pullId: Id }),
    output: z.object({}),
    timeoutMs: 30_000,
  },
  'images:import': {
    summary: 'Begin to fetch an archive of images from the panel by a one-use ticket, and to take it in',
    input: z.strictObject({
      pullId: Id,
      ticket: base64url(32),
      reference: ImageReference.optional(),
      totalBytes: bytes.optional(),
    }),
    output: z.object({ pull: ImagePull }),
  },
  'images:remove': {
    summary: 'Remove an image that no server needs',
    input: z.strictObject({ reference: ImageReference }),
    output: z.object(Freed),
    timeoutMs: 10 * 60_000,
  },
  'images:prune': {
    summary: 'Remove the images that no server needs and that nobody used for some days',
    input: z.strictObject(pruneFields),
    output: z.object({ removed: z.array(Reference).max(10_000), ...Freed }),
    timeoutMs: 10 * 60_000,
  },
} as const;

/** Agent → panel; one lost does no harm, as the list tells the same. */
export const imageAgentEvents = {
  image_pull_progress: { summary: 'How far an image has come', payload: ImagePull },
} as const;
