import { expect, it } from 'vitest';
import { createLogger } from './logger.ts';

it('keeps secrets out and the codes of errors in', () => {
  const lines: string[] = [];
  const log = createLogger('info', { write: (line) => void lines.push(line) });
  const cause = Object.assign(new Error('inner'), { code: 'ENOSPC' });
  const err = Object.assign(new Error('outer', { cause }), { code: 'SQLITE_FULL', password: 'canary' });
  log.error({ err, code: 'canary', nested: { code: 'canary', token: 'canary' } }, 'It failed');
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    err: { code: 'SQLITE_FULL', cause: { code: 'ENOSPC' } },
    code: '[redacted]',
    nested: { code: '[redacted]', token: '[redacted]' },
  });
  expect(lines.join()).not.toContain('canary');
});
