import { expect, it } from 'vitest';
import { languageOf } from './languages.ts';

it.each([
  ['server.properties', 'Properties'],
  ['Config.YML', 'YAML'],
  ['pack.mcmeta', 'JSON'],
  ['openttd.cfg', 'INI'],
  ['init.lua', 'Lua'],
  ['config.yml.bak', 'YAML'],
  ['latest.log', 'Log'],
  ['readme.md', 'Markdown'],
  ['eula', 'Plain text'],
])('knows what %s is written in', (name, expected) => {
  expect(languageOf(name).name).toBe(expected);
});

it('reads every language when it is needed', async () => {
  const endings = ['properties', 'ini', 'yml', 'json', 'toml', 'xml', 'lua', 'js', 'sh', 'py', 'sql', 'md'];
  for (const ending of endings) expect(await languageOf(`a.${ending}`).load()).toBeTruthy();
});
