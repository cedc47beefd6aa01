import { formatBytes, formatCount, formatDuration } from '../../../components/units.ts';

const files = (count: number) => (count === 1 ? '1 file' : `${formatCount(count)} files`);

export const transferStrings = {
  title: 'Transfers',
  uploading: (count: number) => `Uploading ${files(count)}`,
  paused: (count: number) => `Paused, ${files(count)} to go`,
  ended: (done: number, failed: number) =>
    failed === 0 ? `${files(done)} uploaded` : `${files(done)} uploaded, ${formatCount(failed)} failed`,
  speed: (bytesPerSecond: number) => `${formatBytes(bytesPerSecond)}/s`,
  left: (seconds: number) => `${formatDuration(seconds)} left`,
  pause: 'Pause',
  resume: 'Resume',
  cancelAll: 'Cancel all',
  clear: 'Clear',
  show: 'Show transfers',
  hide: 'Hide transfers',
  cancelOf: (name: string) => `Cancel ${name}`,
  retryOf: (name: string) => `Send ${name} again`,
  retryFailed: 'Try failed again',
  more: (count: number) => `and ${formatCount(count)} more`,
  storing: 'Being stored',
  states: {
    waiting: 'Waiting',
    running: 'Sending',
    done: 'Done',
    skipped: 'Skipped',
    failed: 'Failed',
    paused: 'Paused',
    cancelled: 'Cancelled',
  },
  operation: (count: number, server: string) => `Upload of ${files(count)} to ${server}`,
  someFailed: (count: number) => `${files(count)} could not be uploaded`,
  brokeOff: 'The upload broke off: the panel cannot be reached, or the file is gone from your computer',
  nodeAway: 'The node of this server is away. What has come is kept; try again when it is back.',
  noReason: (status: number) => `The panel answered ${status} without a reason`,
};

export const conflictStrings = {
  title: (name: string) => `${name} is there already`,
  lead: 'Replacing it loses what is in it now. Keeping both gives the new one a number.',
  leadFolder: 'A folder is not replaced. Keeping both gives the new one a number.',
  forAll: 'Do the same for all others',
  waiting: (count: number) => (count === 1 ? '1 more is waiting' : `${formatCount(count)} more are waiting`),
  skip: 'Skip',
  keepBoth: 'Keep both',
  replace: 'Replace',
};
