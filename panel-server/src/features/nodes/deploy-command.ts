import { isLoopbackHost, type Pairing } from '@catalyst/shared/features/agent-link';

type PanelPlace = Pick<Pairing, 'panelUrl' | 'tlsPin'>;

/** Runs as root what the panel answers, so that must be the panel: by its key, or by an authority. */
export function isTrustworthy({ panelUrl }: PanelPlace): boolean {
  const { protocol, hostname } = new URL(panelUrl);
  return protocol === 'https:' || isLoopbackHost(hostname);
}

/**
 * One line for a shell. Without an answer nothing runs: curl says why, and the shell what to do. The code is worth
 * nothing once it was used, so that it may stand where others of the machine could read it.
 */
export function installCommand(place: PanelPlace, fetchCode: string): string {
  const pin = curlPin(place);
  const trust = pin === '' ? '' : `-k --pinnedpubkey 'sha256//${pin}' `;
  const url = `${place.panelUrl}/api/deploy/${fetchCode}`;
  const otherwise =
    'echo Nothing was installed. After a 404, copy a new command: each works once. >&2; exit 1';
  return `(curl -fsS ${trust}${url} || echo '${otherwise}') | sudo sh`;
}

/** As curl takes it; empty where authorities decide, and on the machine itself, where there is no TLS. */
export function curlPin({ panelUrl, tlsPin }: PanelPlace): string {
  if (tlsPin === null || new URL(panelUrl).protocol !== 'https:') return '';
  return Buffer.from(tlsPin, 'base64url').toString('base64');
}
