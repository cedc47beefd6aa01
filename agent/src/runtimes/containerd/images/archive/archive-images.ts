import { AppError } from '@catalyst/shared/contract/errors';
import { z } from 'zod';
import { mediaTypes } from '../image-manifest.ts';
import type { ArchiveContents, StoredFile } from './archive-contents.ts';

const maxImages = 100;

const LayoutIndex = z.object({
  manifests: z
    .array(
      z.object({
        digest: z.string().max(200),
        annotations: z.record(z.string(), z.string().max(1000)).nullish(),
      }),
    )
    .max(maxImages),
});
const DockerList = z
  .array(
    z.object({
      Config: z.string().max(1000),
      RepoTags: z.array(z.string().max(1000)).max(maxImages).nullish(),
      Layers: z.array(z.string().max(1000)).max(1000),
    }),
  )
  .max(maxImages);

/** An image of an archive: by the digest of its manifest or index, or with a manifest that is yet to be kept. */
export interface ArchivedImage {
  names: string[];
  root: { digest: string } | { manifest: Buffer };
}

/** Reads what an archive says it holds: as a layout of OCI, or as `docker save` has written it. */
export function archivedImages(contents: ArchiveContents): ArchivedImage[] {
  const layout = contents.lists.get('index.json');
  const docker = contents.lists.get('manifest.json');
  if (layout) return layoutImages(layout);
  if (docker) return dockerImages(docker, contents);
  throw new AppError(
    'invalid_input',
    'This is not an archive of images: it has neither index.json nor manifest.json.',
  );
}

function layoutImages(bytes: Buffer): ArchivedImage[] {
  const { manifests } = read(LayoutIndex, bytes, 'index.json');
  const images = new Map<string, ArchivedImage>();
  for (const { digest, annotations } of manifests) {
    const image = images.get(digest) ?? { names: [], root: { digest } };
    images.set(digest, image);
    const full = annotations?.['io.containerd.image.name'];
    const short = annotations?.['org.opencontainers.image.ref.name'];
    // The short one is often only a tag, and a tag alone names no image.
    const name = full ?? (short && /[/:]/.test(short) ? short : undefined);
    if (name) image.names.push(name);
  }
  return [...images.values()];
}

function dockerImages(bytes: Buffer, contents: ArchiveContents): ArchivedImage[] {
  const fileOf = (name: string): StoredFile => {
    const file = contents.file(name);
    if (file) return file;
    throw new AppError('invalid_input', `The archive is not complete: ${name.slice(0, 100)} is missing.`);
  };
  return read(DockerList, bytes, 'manifest.json').map(({ Config, RepoTags, Layers }) => {
    const config = fileOf(Config);
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.config, digest: config.digest, size: config.size },
      layers: Layers.map(fileOf).map(({ digest, size, compression }) => ({
        mediaType: compression === 'none' ? mediaTypes.layer : `${mediaTypes.layer}+${compression}`,
        digest,
        size,
      })),
    };
    return { names: RepoTags ?? [], root: { manifest: Buffer.from(JSON.stringify(manifest)) } };
  });
}

function read<T extends z.ZodType>(schema: T, bytes: Buffer, name: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(bytes.toString()));
  } catch (cause) {
    throw new AppError('invalid_input', `The archive's ${name} is not readable.`, { cause });
  }
}
