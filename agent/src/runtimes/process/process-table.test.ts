import { identify } from '@catalyst/shared/node/process-identity';
import { expect, test } from 'vitest';
import { listProcesses, parsePs } from './process-table.ts';

test('reads what ps answers on macOS', () => {
  const text = `
    1     0      0     0 Ss     9000   3:07.50 Mon Nov  3 09:00:00 2025
  501     1    501   502 S+    12345   0:01.25 Tue Nov  4 10:11:12 2025
  502   501    501   502 Z         0   0:00.00 Tue Nov  4 10:11:13 2025
`;
  expect(parsePs(text)).toEqual([
    expect.objectContaining({ pid: 1, parentPid: 0, cpuSeconds: 187.5, memoryBytes: 9000 * 1024 }),
    {
      pid: 501,
      parentPid: 1,
      session: 501,
      uid: 502,
      startTime: 'Tue Nov 4 10:11:12 2025',
      cpuSeconds: 1.25,
      memoryBytes: 12345 * 1024,
    },
  ]);
});

test('lists a process as it names itself', () => {
  expect(listProcesses()).toContainEqual(
    expect.objectContaining({ ...identify(process.pid), parentPid: process.ppid }),
  );
});
