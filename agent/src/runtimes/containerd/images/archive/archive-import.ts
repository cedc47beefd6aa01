import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Progress } from '../../../runtime.ts';
import { type ResolvedManifest, readContent, resolveManifest } from '../image-content.ts';
import { maxConfigBytes, maxManifestBytes, mediaTypes } from '../image-manifest.ts';
import { type ImageParts, keepDocuments, type PulledImage } from '../image-pull.ts';
import { parseImageName } from '../image-reference.ts';
import { storeArchive } from './archive-contents.ts';
import { type ArchivedImage, archivedImages } from './archive-images.ts';

export interface ImportOptions {
  /** What to call the image instead of the names that the archive has for it; for archives of one image. */
  reference?: string;
  lease: string;
  /** Of the archive, where it is known. */
  totalBytes?: number;
  onProgress(progress: Progress): void;
  signal: AbortSignal;
}

export interface ImportedImage extends PulledImage {
  /** Canonical. */
  references: string[];
}

/** Brings the images of an archive here, as a pull would: content and unpacked snapshots, under the lease. */
export async function importArchive(
  parts: ImageParts,
  source: Readable,
  options: ImportOptions,
): Promise<ImportedImage[]> {
  const { lease, signal } = options;
  const stop = () => source.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const stored = await storeArchive(source, parts.contents, { lease, signal, onBytes: tellerOf(options) });
    const images = archivedImages(stored);
    if (images.length === 0) throw new AppError('invalid_input', 'The archive holds no image.');
    const imported: ImportedImage[] = [];
    for (const [index, image] of images.entries()) {
      const references = namesOf(image, images.length, options.reference);
      const text = `Unpacking ${references.join(', ')}`;
      options.onProgress({ text, doneBytes: index, totalBytes: null });
      imported.push({ references, ...(await keepImage(parts, image, stored.digests, options)) });
    }
    return imported;
  } finally {
    signal.removeEventListener('abort', stop);
    source.destroy();
  }
}

async function keepImage(
  parts: ImageParts,
  { root }: ArchivedImage,
  digests: ReadonlySet<string>,
  options: ImportOptions,
): Promise<PulledImage> {
  const { contents, unpacker } = parts;
  const { lease, signal } = options;
  const keep = { labels: {}, lease, signal };
  const digest =
    'digest' in root ? root.digest : (await contents.put(root.manifest, mediaTypes.manifest, keep)).digest;
  const has = (wanted: string) => digests.has(wanted) || ('manifest' in root && wanted === digest);
  const resolved: ResolvedManifest = await resolveManifest(digest, async (wanted) => ({
    bytes: await contents.read(present(wanted, has), maxManifestBytes),
    digest: wanted,
    contentType: null,
  }));
  const { config } = resolved.manifest;
  const configBytes = await contents.read(present(config.digest, has), maxConfigBytes);
  const content = readContent(resolved, configBytes);
  await keepDocuments(parts, resolved, content, configBytes, { lease, signal });
  for (const layer of content.layers) {
    const labels = { 'containerd.io/uncompressed': layer.diffId };
    await contents.label(present(layer.descriptor.digest, has), labels);
    await unpacker.unpack(layer, lease, signal);
  }
  const [target] = resolved.documents;
  if (!target) throw new Error('A resolved manifest has at least one document');
  return { target: target.descriptor, content };
}

/** What an archive does not hold it may not take from other images either. */
function present(digest: string, has: (digest: string) => boolean): string {
  if (has(digest)) return digest;
  throw new AppError('invalid_input', `The archive is not complete: ${digest.slice(0, 71)} is missing.`);
}

function namesOf({ names }: ArchivedImage, count: number, wanted: string | undefined): string[] {
  if (wanted !== undefined && count > 1) {
    throw new AppError('invalid_input', `The archive holds ${count} images; they cannot all have one name.`);
  }
  const given = wanted === undefined ? names : [wanted];
  if (given.length === 0)
    throw new AppError('invalid_input', 'The archive has no name for its image; give it one.');
  return given.map((name) => parseImageName(name).reference);
}

/** Tells how much of the archive was read, at most ten times a second. */
function tellerOf({ onProgress, totalBytes }: ImportOptions): (bytes: number) => void {
  let doneBytes = 0;
  let toldAt = 0;
  return (bytes) => {
    doneBytes += bytes;
    if (performance.now() - toldAt < 100 && doneBytes !== totalBytes) return;
    toldAt = performance.now();
    onProgress({ text: 'Reading the archive', doneBytes, totalBytes: totalBytes ?? null });
  };
}
