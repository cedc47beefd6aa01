import { expect, it } from 'vitest';
import { affectedBy, type BulkAction } from './bulk-actions.ts';
import { exampleServer } from './example-server.ts';

const servers = [
  exampleServer({ name: 'running' }),
  exampleServer({ name: 'stopped', state: 'stopped', startedAt: null }),
  exampleServer({ name: 'suspended', state: 'suspended', suspendedAt: new Date() }),
  exampleServer({ name: 'foreign', state: 'stopped', permissions: ['server.read', 'server.start'] }),
  exampleServer({ name: 'labelled', state: 'installing', permissions: ['server.read', 'server.update'] }),
];

it.each<[BulkAction, string[]]>([
  ['start', ['stopped', 'foreign']],
  ['stop', ['running']],
  ['suspend', ['running', 'stopped']],
  ['unsuspend', ['suspended']],
  ['tag', ['running', 'stopped', 'suspended', 'labelled']],
  ['group', ['running', 'stopped', 'suspended', 'labelled']],
  ['delete', ['stopped', 'suspended']],
])('%s is offered for those it can be done on', (action, names) => {
  expect(affectedBy(action, servers).map(({ name }) => name)).toEqual(names);
});
