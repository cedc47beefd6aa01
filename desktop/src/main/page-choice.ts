import type { PanelStatus } from '../bridge.ts';
import { pageOwner, statusPageUrl } from './url-policy.ts';

/** A pause this short is left to the interface, which says that it is reconnecting. */
const unnoticedMs = 2000;

export type PageChoice = 'stay' | 'status' | 'panel';

/** What the window should do when the panel's status changed while it showed `address` ('' when nothing yet). */
export function choosePage(status: PanelStatus, address: string): PageChoice {
  if (status.phase === 'ready') return pageOwner(address, status.origin) === 'panel' ? 'stay' : 'panel';
  if (address === '') return 'status';
  if (address.startsWith(statusPageUrl)) return 'stay';
  // Between two starts the page the user was on stays open.
  const hasGivenUp =
    status.phase === 'failed' || (status.phase === 'waiting' && status.retryInMs > unnoticedMs);
  return hasGivenUp ? 'status' : 'stay';
}
