import type { PanelStatus } from '../bridge.ts';
import { pageOwner, statusPageUrl } from './url-policy.ts';

/** A pause this short is left to the interface, which says that it is reconnecting. */
const unnoticedMs = 2000;

export type PageChoice = 'stay' | 'status' | 'panel';

/** What the window should do when the panel's status changed while it showed `address` ('' when nothing yet). */
export function choosePage(status: PanelStatus, address: string): PageChoice {
  const showsStatus = address.startsWith(statusPageUrl);
  switch (status.phase) {
    case 'ready':
      return pageOwner(address, status.origin) === 'panel' ? 'stay' : 'panel';
    case 'starting':
      // Between two starts the page the user was on stays open.
      return address === '' ? 'status' : 'stay';
    case 'waiting':
      return showsStatus || status.retryInMs <= unnoticedMs ? 'stay' : 'status';
    case 'failed':
      return showsStatus ? 'stay' : 'status';
    case 'stopped':
      return 'stay';
  }
}
