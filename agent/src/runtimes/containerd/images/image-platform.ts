import { AppError } from '@catalyst/shared/contract/errors';
import type { Descriptor, Index, Platform } from './image-manifest.ts';

/** A machine's architecture as images name it, with the variants it can run, best first; '' is "none named". */
const architectures: Partial<Record<NodeJS.Architecture, { name: string; variants: string[] }>> = {
  x64: { name: 'amd64', variants: ['', 'v1'] },
  arm64: { name: 'arm64', variants: ['v8', ''] },
  arm: { name: 'arm', variants: ['v7', 'v6', '', 'v5'] },
  ia32: { name: '386', variants: [''] },
  ppc64: { name: 'ppc64le', variants: [''] },
  riscv64: { name: 'riscv64', variants: [''] },
  s390x: { name: 's390x', variants: [''] },
};

/** The manifest of an index that suits this machine best; throws `invalid_input` when there is none. */
export function choosePlatform(index: Index, architecture = process.arch): Descriptor {
  const suitable = index.manifests
    .flatMap((manifest) => {
      const rank = manifest.platform ? rankOf(manifest.platform, architecture) : null;
      return rank === null ? [] : [{ manifest, rank }];
    })
    .sort((a, b) => a.rank - b.rank);
  const [best] = suitable;
  if (best) return best.manifest;
  const offered = index.manifests.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [describe(platform)] : [],
  );
  throw noSuchPlatform([...new Set(offered)], architecture);
}

/** Throws `invalid_input` when an image is for another kind of machine. */
export function requirePlatform(platform: Platform, architecture = process.arch): void {
  if (rankOf(platform, architecture) === null) throw noSuchPlatform([describe(platform)], architecture);
}

/** 0 suits best; null not at all. */
function rankOf(platform: Platform, architecture: NodeJS.Architecture): number | null {
  const own = architectures[architecture];
  if (!own || platform.os !== 'linux' || platform.architecture !== own.name) return null;
  const rank = own.variants.indexOf(platform.variant ?? '');
  return rank < 0 ? null : rank;
}

function noSuchPlatform(offered: string[], architecture: NodeJS.Architecture): AppError {
  const own = `linux/${architectures[architecture]?.name ?? architecture}`;
  const list = offered.slice(0, 10).join(', ') || 'nothing that is named';
  return new AppError('invalid_input', `The image is not made for this machine (${own}); it is for ${list}.`);
}

const describe = ({ os, architecture, variant }: Platform) =>
  [os, architecture, ...(variant ? [variant] : [])].join('/').slice(0, 60);
