import { expect, it } from 'vitest';
import type { PanelStatus } from '../../bridge.ts';
import { describeFailure } from '../failure-text.ts';
import { describeStatus } from './describe-status.ts';

const failure = {
  reason: 'The panel ended with exit code 3',
  lastLines: 'The database is newer than this program',
  logPath: '/home/ann/panel.log',
};
const failed: PanelStatus = { phase: 'failed', failure };

it.each<[PanelStatus, boolean, { isBusy: boolean; canRetry: boolean }]>([
  [{ phase: 'starting', attempt: 1 }, false, { isBusy: true, canRetry: false }],
  [{ phase: 'starting', attempt: 2 }, false, { isBusy: true, canRetry: false }],
  [{ phase: 'waiting', retryInMs: 5000, failure }, false, { isBusy: true, canRetry: true }],
  [failed, false, { isBusy: false, canRetry: true }],
  [{ phase: 'ready', origin: 'http://127.0.0.1:4100' }, false, { isBusy: true, canRetry: false }],
  [{ phase: 'ready', origin: 'http://127.0.0.1:4100' }, true, { isBusy: false, canRetry: true }],
  [{ phase: 'stopped' }, false, { isBusy: true, canRetry: false }],
])('%j (a page failed: %s)', (status, pageFailed, expected) => {
  expect(describeStatus(status, pageFailed)).toMatchObject(expected);
});

it('says what happened, when it goes on, and what was written last', () => {
  const text = describeStatus({ phase: 'waiting', retryInMs: 1500, failure }, false);
  expect(text.explanation).toBe(
    'The panel ended with exit code 3. Game servers keep running. Trying again in 2 s.',
  );
  expect(text.failure).toEqual(failure);
});

it('puts everything somebody needs on the clipboard, and nothing when all is well', () => {
  expect(describeFailure(failed, '0.1.0')).toBe(
    `Catalyst 0.1.0 on ${process.platform}\nThe panel ended with exit code 3.\n\nThe database is newer than this program\n\nLog: /home/ann/panel.log`,
  );
  expect(describeFailure({ phase: 'ready', origin: 'http://127.0.0.1:4100' }, '0.1.0')).toBe('');
});
