import { expect, it } from 'vitest';
import { exampleNode } from '../../nodes/example-node.ts';
import { exampleTemplate as template } from './example-template.ts';
import { bodyOf, firstForm, newServerIssues } from './new-server-form.ts';

const form = firstForm(template, []);

it('begins with a form that the panel would take', () => {
  expect(newServerIssues(template, form, exampleNode())).toEqual({});
  expect(bodyOf(template, form)).toMatchObject({
    name: 'OpenTTD',
    templateId: 'openttd',
    allocatedMemoryMb: 512,
    environment: { SLOTS: '25' },
    startAfterInstall: true,
  });
});

it('finds a name that is not taken', () => {
  expect(firstForm(template, ['openttd', 'OpenTTD 2']).name).toBe('OpenTTD 3');
});

it('leaves out what only administrators set', () => {
  expect(form.environment).toEqual({ SLOTS: '25' });
});

it('says at each field what is wrong', () => {
  const ports = form.ports.map((row) => ({ ...row, port: 80 }));
  const wrong = { ...form, name: ' ', memoryMb: 100, ports, environment: { SLOTS: '1' } };
  expect(newServerIssues(template, wrong, undefined)).toEqual({
    name: 'Fill this in',
    allocatedMemoryMb: 'OpenTTD (stable) needs at least 256 MiB',
    'portBindings.0.port': 'Must be between 1024 and 65535',
    'environment.SLOTS': 'Must be a whole number from 2 to 255',
  });
});

it('says when the node has too little left, where it has a limit', () => {
  const large = { ...form, memoryMb: 14_000 };
  expect(newServerIssues(template, large, exampleNode())).toEqual({
    allocatedMemoryMb: 'Node attic has 12 GiB left',
  });
  expect(newServerIssues(template, large, exampleNode({ maxMemoryMb: null }))).toEqual({});
});

it('sends of the container only what somebody chose', () => {
  expect(bodyOf(template, form)).not.toHaveProperty('runtime');
  expect(bodyOf(template, form)).not.toHaveProperty('pids');
  const chosen = {
    ...form,
    runtime: 'containerd' as const,
    network: { networkMode: 'lan', staticIp: ' 10.0.0.5 ' },
    fineLimits: { ...form.fineLimits, cpuPinning: '0-1' },
  };
  expect(bodyOf(template, chosen)).toMatchObject({
    ...{ runtime: 'containerd', networkMode: 'lan', staticIp: '10.0.0.5', cpuPinning: '0-1' },
  });
  expect(newServerIssues(template, chosen, exampleNode())).toMatchObject({
    runtime: 'Node attic cannot run it as a container',
  });
});
