import { describe, expect, it } from 'vitest';
import { testEgg } from '../../../testing/test-egg.ts';
import { eggToTemplate } from './egg-to-template.ts';
import { readEgg } from './read-egg.ts';
import { templateToEgg } from './template-to-egg.ts';

const variable = (name: string, value: string, rules = 'required|integer|between:1024,65535') => ({
  ...{ name: `The ${name}`, description: '', env_variable: name, default_value: value },
  ...{ user_viewable: true, user_editable: false, rules, field_type: 'text' },
});

function imported(...variables: object[]) {
  const source = readEgg(Buffer.from(JSON.stringify(testEgg({ variables }))), 'egg.json');
  return { source, ...eggToTemplate(source, { id: 'imported' }) };
}
const portsOf = (...variables: object[]) =>
  imported(...variables)
    .template.ports.slice(1)
    .map(({ name, variable: of, preferred }) => `${name} ${of} ${preferred}`);

describe('ports of a community file', () => {
  it('are those whose numbers its variables hold, beside the one of the game', () => {
    const { template, report, source } = imported(
      variable('QUERY_PORT', '27016'),
      variable('MAX_PLAYERS', '27016'),
    );
    expect(template.ports).toEqual([
      { name: 'game', label: 'Game', protocol: 'both', preferred: 25_565 },
      {
        ...{ name: 'query', label: 'The QUERY_PORT', protocol: 'both' },
        ...{ preferred: 27_016, variable: 'QUERY_PORT' },
      },
    ]);
    expect(report.notes).toContainEqual({
      ...{ path: 'variables.0', outcome: 'understood' },
      message: 'QUERY_PORT is the number of the port "query", chosen for each server',
    });
    expect(templateToEgg(template, source)).toEqual(source.document);
  });

  it.each([
    ['has one that is as good as any', ['27016', 'required|string|max:20'], ['query QUERY_PORT 27016']],
    ['has to be given one', ['', 'required|numeric'], ['query QUERY_PORT 25566']],
    ['has none', ['', 'nullable|integer'], []],
    ['is off', ['0', 'required|integer|min:0|max:65535'], []],
    ['is one that only programs of the system open', ['443', 'required|integer'], []],
    ['is no port', ['270160', 'required|integer'], []],
    ['is a word', ['auto', 'required|string'], []],
    ['is one of a few', ['27016', 'required|in:27016,27017'], []],
    ['is bound to a few', ['27016', 'required|integer|between:27000,27050'], []],
  ])('are told from settings when the variable %s', (_, [value = '', rules], ports) => {
    expect(portsOf(variable('QUERY_PORT', value, rules))).toEqual(ports);
  });

  it('are not those of others, which the game connects to', () => {
    const names = [
      'DB_PORT',
      'MYSQL_PORT',
      'GAME_DATABASE_PORT',
      'SMTP_PORT',
      'REDIS_PORT',
      'PORT',
      'EXPORT',
    ];
    expect(portsOf(...names.map((name) => variable(name, '3306')))).toEqual([]);
  });

  it('have names that are free', () => {
    expect(
      portsOf(
        variable('GAME_PORT', '7777'),
        variable('query_port', '27016'),
        variable('Query__PORT', '27017'),
        variable('1ST_PORT', '27018'),
        variable('RCON_PORT', '27019'),
        variable('PORT_RCON', '1'),
      ),
    ).toEqual([
      'game-port GAME_PORT 7777',
      'query query_port 27016',
      'query-port Query__PORT 27017',
      'rcon-port RCON_PORT 27019',
    ]);
  });

  it('are sixteen at most', () => {
    const many = Array.from({ length: 18 }, (_, index) => variable(`N${index}_PORT`, `${5000 + index}`));
    const { template, report } = imported(...many);
    expect(template.ports).toHaveLength(16);
    expect(report.notes.filter(({ message }) => message.includes('stays a setting'))).toHaveLength(3);
  });
});
