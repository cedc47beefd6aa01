import { expect, it } from 'vitest';
import type { PanelStatus } from '../bridge.ts';
import { choosePage, type PageChoice } from './page-choice.ts';
import { statusPageUrl } from './url-policy.ts';

const failure = { reason: 'The panel ended with exit code 1', lastLines: '', logPath: '/logs/panel.log' };
const starting: PanelStatus = { phase: 'starting', attempt: 1 };
const ready: PanelStatus = { phase: 'ready', origin: 'http://127.0.0.1:4100' };
const soon: PanelStatus = { phase: 'waiting', retryInMs: 500, failure };
const later: PanelStatus = { phase: 'waiting', retryInMs: 5000, failure };
const failed: PanelStatus = { phase: 'failed', failure };
const stopped: PanelStatus = { phase: 'stopped' };

const nothing = '';
const onStatus = statusPageUrl;
const afterFailure = `${statusPageUrl}#page-failed`;
const onPanel = 'http://127.0.0.1:4100/servers';
const onOldPort = 'http://127.0.0.1:4099/servers';

it.each<[string, PanelStatus, string, PageChoice]>([
  ['starting, nothing shown yet', starting, nothing, 'status'],
  ['starting, on the status page', starting, onStatus, 'stay'],
  ['starting again under an open page', starting, onPanel, 'stay'],
  ['ready, nothing shown yet', ready, nothing, 'panel'],
  ['ready, on the status page', ready, onStatus, 'panel'],
  ['ready, after a page failed', ready, afterFailure, 'panel'],
  ['ready again under an open page', ready, onPanel, 'stay'],
  ['ready on another port', ready, onOldPort, 'panel'],
  ['a short pause under an open page', soon, onPanel, 'stay'],
  ['a short pause, nothing shown yet', soon, nothing, 'status'],
  ['a long pause under an open page', later, onPanel, 'status'],
  ['a long pause, on the status page', later, onStatus, 'stay'],
  ['given up under an open page', failed, onPanel, 'status'],
  ['given up, on the status page', failed, afterFailure, 'stay'],
  ['given up, nothing shown yet', failed, nothing, 'status'],
  ['not started yet', stopped, nothing, 'status'],
  ['stopped', stopped, onPanel, 'stay'],
])('%s', (_name, status, address, choice) => {
  expect(choosePage(status, address)).toBe(choice);
});
