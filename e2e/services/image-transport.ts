import type { Descriptor, OciImage } from './oci-image.ts';
import type { Registry } from './registry.ts';
import { type TarEntry, tar } from './tar.ts';

/** Puts an image into a registry; gives the reference to pull it by. */
export async function pushImage(
  image: OciImage,
  registry: Registry,
  name: string,
  tag = 'latest',
): Promise<string> {
  const base = `http://${registry.host}/v2/${name}`;
  const manifests: { digest: string; mediaType: string; bytes: Buffer }[] = [];
  for (const [digest, bytes] of image.blobs) {
    const mediaType = manifestTypeOf(bytes);
    if (mediaType) manifests.push({ digest, mediaType, bytes });
    else await pushBlob(registry, base, digest, bytes);
  }
  // An index names manifests that must be there before it; blobs are in this order.
  for (const { digest, mediaType, bytes } of manifests) {
    const reference = digest === image.root.digest ? tag : digest;
    await request(registry, 'PUT', `${base}/manifests/${reference}`, bytes, mediaType);
  }
  return `${registry.host}/${name}:${tag}`;
}

async function pushBlob(registry: Registry, base: string, digest: string, bytes: Buffer): Promise<void> {
  const upload = await request(registry, 'POST', `${base}/blobs/uploads/`);
  const url = new URL(upload.headers.get('location') ?? '', base);
  url.searchParams.set('digest', digest);
  await request(registry, 'PUT', url.href, bytes, 'application/octet-stream');
}

async function request(registry: Registry, method: string, url: string, body?: Buffer, contentType?: string) {
  const { login } = registry;
  const response = await fetch(url, {
    method,
    body: body ? new Uint8Array(body) : undefined,
    headers: {
      ...(contentType && { 'content-type': contentType }),
      ...(login && { authorization: `Basic ${btoa(`${login.username}:${login.password}`)}` }),
    },
  });
  if (!response.ok)
    throw new Error(`The registry answers ${response.status} to ${url}: ${await response.text()}`);
  return response;
}

/** The image as the folder layout of OCI in a tar, as `skopeo` and `ctr images export` write it. */
export function toOciArchive(image: OciImage, reference: string): Buffer {
  const annotations = {
    'io.containerd.image.name': reference,
    'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1),
  };
  const index = { schemaVersion: 2, manifests: [{ ...image.root, annotations }] };
  return tar([
    json('oci-layout', { imageLayoutVersion: '1.0.0' }),
    json('index.json', index),
    { name: 'blobs/', type: 'directory' },
    { name: 'blobs/sha256/', type: 'directory' },
    ...[...image.blobs].map(
      ([digest, content]): TarEntry => ({ name: `blobs/${digest.replace(':', '/')}`, type: 'file', content }),
    ),
  ]);
}

/** An image for one platform, as `docker save` writes it. */
export function toDockerArchive(image: OciImage, reference: string): Buffer {
  const manifest: { config: Descriptor; layers: Descriptor[] } = JSON.parse(
    String(image.blobs.get(image.root.digest)),
  );
  const hex = ({ digest }: Descriptor) => digest.slice('sha256:'.length);
  const content = (descriptor: Descriptor) => image.blobs.get(descriptor.digest) ?? Buffer.alloc(0);
  const Layers = manifest.layers.map((layer) => `${hex(layer)}/layer.tar`);
  return tar([
    ...manifest.layers.flatMap((layer): TarEntry[] => [
      { name: `${hex(layer)}/`, type: 'directory' },
      { name: `${hex(layer)}/layer.tar`, type: 'file', content: content(layer) },
    ]),
    { name: `${hex(manifest.config)}.json`, type: 'file', content: content(manifest.config) },
    json('manifest.json', [{ Config: `${hex(manifest.config)}.json`, RepoTags: [reference], Layers }]),
  ]);
}

function json(name: string, value: unknown): TarEntry {
  return { name, type: 'file', content: Buffer.from(JSON.stringify(value)) };
}

/** Its media type when it is a manifest or an index. */
function manifestTypeOf(bytes: Buffer): string | undefined {
  // `{"schemaVersion":` is how ours begin, and no layer or configuration does.
  if (!bytes.subarray(0, 17).equals(Buffer.from('{"schemaVersion":'))) return undefined;
  return JSON.parse(bytes.toString()).mediaType;
}
