import type { BridgeCaller } from '../bridge.ts';

/** A scheme of its own: `file:` pages could read the disk, and are not served from app.asar once their privileges are off. */
export const shellScheme = 'catalyst-shell';
export const statusPageUrl = `${shellScheme}://app/status.html`;

/** Whose page an address is, by which it is judged what it may do; undefined for everybody else's. */
export function pageOwner(address: string, panelOrigin: string | undefined): BridgeCaller | undefined {
  const url = URL.parse(address);
  if (!url) return undefined;
  if (withoutFragment(url) === statusPageUrl) return 'shell';
  // A blob: of the panel has the panel's origin too, but is no page of it.
  const isPanel = url.protocol === 'http:' && url.origin === panelOrigin;
  return isPanel && url.username === '' && url.password === '' ? 'panel' : undefined;
}

const maxExternalLength = 2048;

/** The address to hand to the system's browser or mail program, or undefined: everything else could start a program. */
export function externalTarget(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url || url.href.length > maxExternalLength) return undefined;
  if (url.protocol === 'mailto:') return url.href;
  const isPlainWeb = url.protocol === 'https:' && url.username === '' && url.password === '';
  return isPlainWeb ? url.href : undefined;
}

/** What a frame inside a page may show without loading anything from elsewhere. */
export function isOwnFrameContent(address: string, panelOrigin: string | undefined): boolean {
  return (
    address === 'about:blank' || address === 'about:srcdoc' || pageOwner(address, panelOrigin) === 'panel'
  );
}

function withoutFragment(url: URL): string {
  const copy = new URL(url);
  copy.hash = '';
  return copy.href;
}
