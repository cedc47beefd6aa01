import { expect, it } from 'vitest';
import { exampleServer } from './example-server.ts';
import { appliesAtNextStart, changesOf, formIssues, formOf, formWith } from './server-form.ts';

const server = exampleServer({ environment: { SLOTS: '10', PASSWORD: '' } });
const variable = (name: string, secret = false) => ({
  name,
  label: name,
  description: '',
  defaultValue: '',
  rule: { kind: 'integer' as const, min: 1, max: 50 },
  userVisible: true,
  userEditable: true,
  secret,
});

it('sends nothing when nothing changed', () => {
  expect(changesOf(server, formOf(server))).toEqual({});
  expect(changesOf(server, { ...formOf(server), name: ' Survival ' })).toEqual({});
});

it('sends only what changed, of the variables too', () => {
  const form = { ...formOf(server), name: 'Hardcore', environment: { SLOTS: '20', PASSWORD: '' } };
  expect(changesOf(server, form)).toEqual({ name: 'Hardcore', environment: { SLOTS: '20' } });
});

it('does not undo what somebody else changed meanwhile', () => {
  const edits = { name: 'Hardcore', environment: { SLOTS: '20' } };
  const changedMeanwhile = {
    ...server,
    description: 'New',
    environment: { SLOTS: '10', PASSWORD: '', MOTD: 'Hi' },
  };
  expect(changesOf(changedMeanwhile, formWith(changedMeanwhile, edits))).toEqual(edits);
});

it('names what the panel would refuse', () => {
  const form = { ...formOf(server), name: '', allocatedMemoryMb: 4, environment: { SLOTS: '99' } };
  expect(formIssues(server, form, [variable('SLOTS')])).toEqual({
    name: 'Fill this in',
    allocatedMemoryMb: expect.any(String),
    'environment.SLOTS': 'Must be a whole number from 1 to 50',
  });
  expect(formIssues(server, formOf(server), [variable('SLOTS')])).toEqual({});
});

it('knows what a running game does not notice', () => {
  expect(appliesAtNextStart({ name: 'x', restartPolicy: server.restartPolicy })).toBe(false);
  expect(appliesAtNextStart({ allocatedMemoryMb: 1 })).toBe(true);
});

it('sends labels that changed, trimmed, and no group for an empty one', () => {
  const labelled = { ...server, tags: ['eu'], group: 'North', notes: 'Hi' };
  expect(changesOf(labelled, formOf(labelled))).toEqual({});
  const form = { ...formOf(labelled), tags: ['eu', 'pvp'], group: ' ', notes: ' Hello ' };
  expect(changesOf(labelled, form)).toEqual({ tags: ['eu', 'pvp'], group: null, notes: 'Hello' });
});
