import { utimesSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { lockHolder } from './lock-holder.ts';
import { identify } from './process-identity.ts';

describe('the holder of a lock', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is the process that is written in it', () => {
    const path = join(temporaryFolder(), 'lock');
    writeFileSync(path, JSON.stringify(identify(process.pid)));
    expect(lockHolder(path)).toEqual(identify(process.pid));
  });

  it.each([
    '',
    'null',
    '{}',
    '{"pid":"1","startTime":"1"}',
    JSON.stringify({ pid: process.pid, startTime: '1' }),
  ])('is nobody when it says %j', (content) => {
    const path = join(temporaryFolder(), 'lock');
    writeFileSync(path, content);
    expect(lockHolder(path)).toBeNull();
    expect(lockHolder(`${path}.absent`)).toBeNull();
  });

  it('must have taken it since the machine came up, where start times are not to be had', () => {
    const path = join(temporaryFolder(), 'lock');
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    writeFileSync(path, JSON.stringify({ pid: process.pid, startTime: 'unknown' }));
    expect(lockHolder(path)?.pid).toBe(process.pid);
    const beforeBoot = Date.now() / 1000 - uptime() - 3600;
    utimesSync(path, beforeBoot, beforeBoot);
    expect(lockHolder(path)).toBeNull();
  });
});
