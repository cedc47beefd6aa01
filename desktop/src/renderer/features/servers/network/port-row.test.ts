import { expect, it } from 'vitest';
import { exampleServer } from '../example-server.ts';
import { exampleTemplate } from '../new-server/example-template.ts';
import { bindingsOf, firstRows, newRow, placedRow, portIssues, rowsOf } from './port-row.ts';

it('begins with what the game needs, chosen by the panel', () => {
  const rows = firstRows(exampleTemplate);
  expect(rows).toMatchObject([{ name: 'game', isTemplates: true, port: undefined, preferred: 3979 }]);
  expect(bindingsOf(rows)).toEqual([
    { name: 'game', protocol: 'both', alias: null, notes: '', primary: true },
  ]);
  expect(portIssues(rows)).toEqual({});
});

it('sends back what a server has', () => {
  const { portBindings } = exampleServer();
  const more = {
    name: 'map',
    ip: '192.0.2.1',
    port: 8123,
    protocol: 'tcp',
    targetPort: 80,
    address: '',
    ...{ alias: 'map.example', notes: 'the map', primary: false },
  } as const;
  const rows = rowsOf({ portBindings: [...portBindings, more], staticIp: null }, exampleTemplate);
  expect(rows.map(({ isTemplates }) => isTemplates)).toEqual([true, false]);
  expect(bindingsOf(rows)).toEqual([
    { name: 'game', port: 25565, protocol: 'tcp', alias: null, notes: '', primary: true },
    {
      name: 'map',
      ip: '192.0.2.1',
      port: 8123,
      protocol: 'tcp',
      targetPort: 80,
      alias: 'map.example',
      notes: 'the map',
      primary: false,
    },
  ]);
});

it('lets nothing go of which nobody knows whether the game needs it', () => {
  expect(rowsOf(exampleServer(), undefined)).toMatchObject([{ isTemplates: true }]);
});

it('says at each field what is wrong', () => {
  const [row] = rowsOf(exampleServer(), exampleTemplate);
  if (!row) throw new Error('It has no port');
  const issues = (changes: object) => portIssues([row, { ...newRow([row]), ...changes }]);
  expect(issues({ port: 80 })).toEqual({ 'portBindings.1.port': 'Must be between 1024 and 65535' });
  expect(issues({ port: 25565 })).toEqual({ 'portBindings.1.port': 'Is another port’s already' });
  expect(issues({ port: 25565, protocol: 'udp' })).toEqual({});
  expect(issues({ port: 25565, protocol: 'both', ip: '192.0.2.1' })).toEqual({
    'portBindings.1.port': 'Is another port’s already',
  });
  expect(issues({ name: 'game' })).toEqual({ 'portBindings.1.name': 'Is another port’s name already' });
  expect(issues({ ip: 'attic' })).toEqual({ 'portBindings.1.ip': 'Must be an IP address' });
  expect(Object.keys(issues({ targetPort: 70_000 }))).toEqual(['portBindings.1.targetPort']);
});

it('gives each new row a key of its own', () => {
  const first = newRow([]);
  const second = newRow([first]);
  expect(second.key).not.toBe(first.key);
  expect(newRow([second]).key).not.toBe(second.key);
});

it('leaves the places of ports that follow another to the panel, and shows them', () => {
  const ports: typeof exampleTemplate.ports = [
    { name: 'game', label: 'Game', protocol: 'udp', preferred: 27_015 },
    {
      ...{ name: 'query', label: 'Query', protocol: 'udp', preferred: 27_016, variable: 'QUERY_PORT' },
      offset: { from: 'game', by: 1 },
    },
  ];
  const chosen = firstRows({ ...exampleTemplate, ports });
  const rows = chosen.map((row) => (row.name === 'game' ? { ...row, ip: '192.0.2.1', port: 5000 } : row));
  expect(rows.map((row) => placedRow(row, rows))).toMatchObject([
    { ip: '192.0.2.1', port: 5000 },
    { ip: '192.0.2.1', port: 5001, targetPort: undefined, variable: 'QUERY_PORT' },
  ]);
  expect(chosen.map((row) => placedRow(row, chosen).port)).toEqual([undefined, undefined]);
  expect(bindingsOf(rows)).toMatchObject([{ name: 'game', port: 5000 }, { name: 'query' }]);
  expect(bindingsOf(rows)[1]).not.toHaveProperty('port');
  const issues = (more: object) => portIssues([...rows, { ...newRow(rows), protocol: 'udp', ...more }]);
  expect(issues({ port: 5002 })).toEqual({});
  expect(issues({ port: 5001 })).toEqual({ 'portBindings.2.port': 'Is another port’s already' });
  const [game] = exampleServer().portBindings;
  if (!game) throw new Error('It has no port');
  const rowsWith = (port: number) =>
    rowsOf(
      { portBindings: [game, { ...game, name: 'query', port }], staticIp: null },
      { ...exampleTemplate, ports },
    );
  expect(rowsWith(game.port + 1)[1]?.offset).toEqual({ from: 'game', by: 1 });
  expect(rowsWith(27_016)[1]).toMatchObject({ port: 27_016, offset: undefined });
  const last = rows.map((row) => (row.name === 'game' ? { ...row, port: 65_535 } : row));
  expect(portIssues(last)).toEqual({ 'portBindings.1.port': 'Must be between 1024 and 65535' });
});
