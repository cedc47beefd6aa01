import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bootId, identify, isAlive, parseStat, signalProcess } from './process-identity.ts';

describe('a process', () => {
  it('is told from the next one of the same number', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const identity = identify(child.pid ?? 0);
    if (!identity) throw new Error('It is not there');
    expect(isAlive(identity)).toBe(true);
    const predecessor = { ...identity, startTime: `${identity.startTime}0` };
    expect(isAlive(predecessor)).toBe(false);
    expect(signalProcess(predecessor, 'SIGKILL')).toBe(false);
    expect(signalProcess(identity, 'SIGKILL')).toBe(true);
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(identify(child.pid ?? 0)).toBeNull();
  });

  it('is read though its name tries to be more than a name', () => {
    const fields = Array.from({ length: 49 }, (_, index) => `${index + 4}`);
    const stat = parseStat(`77 (a) S 1 2 3 (b)) R ${fields.join(' ')}\n`);
    expect(stat).toEqual({ state: 'R', parentPid: 4, session: 6, cpuTicks: 29, startTime: '22' });
  });

  it('runs in a boot that has one id', () => {
    expect(bootId()).toBe(bootId());
  });
});

describe('a process on another system', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('keeps its start time on macOS, whatever the time zone of who asks', (context) => {
    if (process.platform === 'win32') context.skip('Windows has no ps');
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    const startIn = (zone: string) => {
      vi.stubEnv('TZ', zone);
      const startTime = identify(process.pid)?.startTime ?? context.skip('there is no ps here');
      return Date.parse(`${startTime} UTC`);
    };
    // On Linux, ps counts seconds back from now and may be off by one.
    expect(Math.abs(startIn('Asia/Tokyo') - startIn('America/New_York'))).toBeLessThan(5000);
    expect(Math.abs(startIn('UTC') - (Date.now() - process.uptime() * 1000))).toBeLessThan(10_000);
  });

  it("of another user's counts on Windows, which tells no start times", () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    expect(identify(process.pid)).toEqual({ pid: process.pid, startTime: 'unknown' });
    expect(isAlive({ pid: process.pid, startTime: 'unknown' })).toBe(true);
  });
});
