export const reasonStrings = {
  nodeOffline: (node: string) => `Node ${node} is offline`,
  nodeOfflineText:
    'The panel cannot reach it, so nothing here is current and nothing can be sent. A running game goes on running.',
  suspended: (since: string, by: string | null) => `Suspended ${since}${by === null ? '' : ` by ${by}`}`,
  suspendedText: 'It cannot be started until an administrator lifts the suspension.',
  overDisk: (used: string, limit: string) => `Its files take ${used}, more than its limit of ${limit}`,
  overDiskText: 'It runs on, but cannot be started again like this. Delete files, or raise the limit.',
  crashedOften: (times: number, last: string) => `Crashed ${times} times, the last ${last}`,
  crashedOftenText: 'It was started again each time by its restart policy.',
  crashed: (since: string) => `Crashed ${since}`,
  exit: (code: number) => `exit ${code}`,
  outOfMemory: (limit: string) => `out of memory: limit ${limit}`,
  startsAgain: (when: string) => `It is started again ${when}.`,
  staysDown: 'Its restart policy is “never”, so it stays down until you start it.',
  notAgain: (times: number) =>
    `It crashed ${times === 1 ? 'once' : `${times} times`} and is not started again by itself.`,
  installFailed: (since: string) => `Installation failed ${since}`,
  failed: (since: string) => `Failed ${since}`,
};
