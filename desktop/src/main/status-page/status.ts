import type { PanelStatus } from '../../bridge.ts';
import { describeStatus } from './describe-status.ts';

const bridge = window.catalystBridge;
const element = (id: string) => document.getElementById(id) as HTMLElement;
const lastLines = element('last-lines') as HTMLTextAreaElement;

if (bridge) {
  bridge.onPanelStatus(show);
  bridge.panelStatus().then(show, tell);
  element('retry').addEventListener('click', () => bridge.retryPanel().catch(tell));
  element('logs').addEventListener('click', () => bridge.openLogs().catch(tell));
  element('copy').addEventListener('click', () => bridge.copyFailure().then(() => say('Copied.'), tell));
}

function show(status: PanelStatus): void {
  const text = describeStatus(status, location.hash === '#page-failed');
  element('title').textContent = text.title;
  element('explanation').textContent = text.explanation;
  element('bar').hidden = !text.isBusy;
  element('buttons').hidden = !text.canRetry;
  element('failure').hidden = !text.failure;
  element('copy').hidden = !text.failure;
  lastLines.value = text.failure?.lastLines ?? '';
  lastLines.hidden = lastLines.value === '';
  lastLines.scrollTop = lastLines.scrollHeight;
  element('log-path').textContent = text.failure?.logPath ?? '';
  say('');
}

function tell(error: Error): void {
  say(error.message);
}

function say(sentence: string): void {
  element('notice').textContent = sentence;
}
