import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(level: 'debug' | 'warn' | 'silent') {
  const lines: string[] = [];
  return { log: createLogger(level, (line) => void lines.push(line)), lines };
}

describe('the logger', () => {
  it('writes one JSON line with level, time, fields and sentence', () => {
    const { log, lines } = logged('debug');
    log.child({ part: 'link' }).warn({ serverId: 's1', text: 'two\nlines' }, 'Something happened');
    log.info('Started');
    expect(lines.every((line) => line.endsWith('\n') && line.split('\n').length === 2)).toBe(true);
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(first).toMatchObject({ level: 'warn', part: 'link', serverId: 's1', msg: 'Something happened' });
    expect(new Date(first.time).getTime()).toBeCloseTo(Date.now(), -4);
    expect(second).toMatchObject({ level: 'info', msg: 'Started' });
  });

  it('tells errors with their causes', () => {
    const { log, lines } = logged('debug');
    const cause = Object.assign(new Error('full'), { code: 'ENOSPC' });
    log.error({ err: new Error('not written', { cause }) }, 'Failed');
    expect(JSON.parse(lines[0] as string).err).toMatchObject({
      type: 'Error',
      message: 'not written',
      stack: expect.stringContaining('logger.test'),
      cause: { message: 'full', code: 'ENOSPC' },
    });
  });

  it('keeps quiet below its level', () => {
    const { log, lines } = logged('warn');
    log.debug('no');
    log.info('no');
    log.warn('yes');
    expect(lines).toHaveLength(1);
    const silent = logged('silent');
    silent.log.error('no');
    expect(silent.lines).toEqual([]);
  });
});
