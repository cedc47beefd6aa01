import { expect, it } from 'vitest';
import { exampleServer } from '../servers/example-server.ts';
import { serverOperations } from './server-operations.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

it('shows what is under way, the longest first, with its step', () => {
  const shown = serverOperations([
    exampleServer({ name: 'Idle' }),
    exampleServer({ name: 'New', state: 'starting', stateChangedAt: at(5) }),
    exampleServer({
      name: 'Rails',
      state: 'installing',
      stateChangedAt: at(1),
      installProgress: { step: 2, totalSteps: 4, label: 'Download the server' },
    }),
  ]);
  expect(shown.map(({ title, detail, progress }) => [title, detail, progress])).toEqual([
    ['Installing Rails', 'Step 2 of 4: Download the server', 0.25],
    ['Starting New', null, null],
  ]);
});

it('shows an order that the node has not taken up yet', () => {
  const operation = {
    id: '01980000-0000-7000-8000-000000000005',
    kind: 'delete' as const,
    status: 'pending' as const,
    error: null,
    startedAt: at(0),
    deadlineAt: at(9),
    finishedAt: null,
  };
  const [shown] = serverOperations([exampleServer({ name: 'Old', state: 'stopped', operation })]);
  expect(shown).toMatchObject({ title: 'Deleting Old', detail: 'Waiting for the node' });
});

it('leaves out what has ended', () => {
  const operation = {
    id: '01980000-0000-7000-8000-000000000005',
    kind: 'stop' as const,
    status: 'failed' as const,
    error: 'No',
    startedAt: at(0),
    deadlineAt: at(9),
    finishedAt: at(1),
  };
  expect(serverOperations([exampleServer({ operation })])).toEqual([]);
});
