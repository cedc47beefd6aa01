import { expect, it } from 'vitest';
import { testPanel } from '../../testing/test-panel.ts';
import { Alerts, type RaisedAlert } from './alerts.ts';

it('an alert reaches everybody who listens, also when one of them fails', async () => {
  const { panel, close, logText } = await testPanel();
  const alerts = new Alerts(panel.core.log);
  const heard: RaisedAlert[] = [];
  alerts.listen(() => {
    throw new Error('no mail today');
  });
  const stop = alerts.listen((alert) => heard.push(alert));
  const alert = {
    kind: 'server_crashed',
    serverId: 'a',
    lastLines: ['secret words'],
  } as unknown as RaisedAlert;
  alerts.raise(alert);
  expect(heard).toEqual([alert]);
  stop();
  alerts.raise(alert);
  expect(heard).toHaveLength(1);
  expect(logText()).toContain('no mail today');
  expect(logText()).not.toContain('secret words');
  await close();
});
