import type { PanelFailure, PanelStatus } from '../../bridge.ts';

export interface StatusText {
  title: string;
  explanation: string;
  isBusy: boolean;
  canRetry: boolean;
  failure?: PanelFailure;
}

/** What the status page says; `pageFailed` when it stands in for a page of the panel that could not be shown. */
export function describeStatus(status: PanelStatus, pageFailed: boolean): StatusText {
  switch (status.phase) {
    case 'starting':
      return {
        title: 'Starting Catalyst …',
        explanation:
          status.attempt === 1
            ? 'The panel on this computer is starting.'
            : `The panel on this computer is starting, attempt ${status.attempt}.`,
        isBusy: true,
        canRetry: false,
        failure: status.failure,
      };
    case 'waiting':
      return {
        title: 'The panel stopped',
        explanation: `${status.failure.reason}. Game servers keep running. Trying again in ${Math.ceil(status.retryInMs / 1000)} s.`,
        isBusy: true,
        canRetry: true,
        failure: status.failure,
      };
    case 'failed':
      return {
        title: 'The panel does not stay up',
        explanation: `${status.failure.reason}. Game servers keep running. See what it wrote last, then try again.`,
        isBusy: false,
        canRetry: true,
        failure: status.failure,
      };
    case 'ready':
      return pageFailed
        ? {
            title: 'The page could not be shown',
            explanation: `The panel is running at ${status.origin}, but its page did not load.`,
            isBusy: false,
            canRetry: true,
          }
        : { title: 'Opening Catalyst …', explanation: 'The panel is ready.', isBusy: true, canRetry: false };
    case 'stopped':
      return { title: 'Closing Catalyst …', explanation: '', isBusy: true, canRetry: false };
  }
}
