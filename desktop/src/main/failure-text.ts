import type { PanelStatus } from '../bridge.ts';

/** What goes on the clipboard to be sent to somebody who can help; empty when nothing is wrong. */
export function describeFailure(status: PanelStatus, appVersion: string): string {
  if (!('failure' in status) || !status.failure) return '';
  const { reason, lastLines, logPath } = status.failure;
  return [
    `Catalyst ${appVersion} on ${process.platform}`,
    `${reason}.`,
    '',
    lastLines,
    '',
    `Log: ${logPath}`,
  ].join('\n');
}
