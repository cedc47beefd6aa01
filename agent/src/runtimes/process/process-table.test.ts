import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { bootId, identify, isAlive, parseStat, signalProcess } from './process-identity.ts';
import { listProcesses, parsePs } from './process-table.ts';

test('reads a process whose name tries to be more than a name', () => {
  const fields = Array.from({ length: 49 }, (_, index) => `${index + 4}`);
  const stat = parseStat(`77 (a) S 1 2 3 (b)) R ${fields.join(' ')}\n`);
  expect(stat).toEqual({ state: 'R', parentPid: 4, session: 6, cpuTicks: 29, startTime: '22' });
});

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

test('tells a process from the next one of the same number', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('It is not there');
  expect(isAlive(identity)).toBe(true);
  expect(listProcesses()).toContainEqual(expect.objectContaining({ ...identity, parentPid: process.pid }));
  const predecessor = { ...identity, startTime: `${identity.startTime}0` };
  expect(isAlive(predecessor)).toBe(false);
  expect(signalProcess(predecessor, 'SIGKILL')).toBe(false);
  expect(signalProcess(identity, 'SIGKILL')).toBe(true);
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
  expect(identify(child.pid ?? 0)).toBeNull();
});

test('a boot has one id', () => {
  expect(bootId()).toBe(bootId());
});
