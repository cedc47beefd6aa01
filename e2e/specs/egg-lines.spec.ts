import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AppError } from '@catalyst/shared/contract/errors';
import { isUp } from '@catalyst/shared/features/server-states';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContainerMachine } from '../container-machine.ts';
import { until } from '../product.ts';
import { standInImage } from '../services/egg-image.ts';

// Start lines of community eggs, as they are, in images with the contract those eggs expect: what the shell in there makes
// of them reaches the program word by word, the egg's own words say that it is ready, and its stop ends it.

const eggs = fileURLToPath(new URL('../../../shared/eggs/', import.meta.url));
const programs = ['java', 'wine', 'box64', 'mono', 'dotnet', 'python', 'node', 'xvfb-run'];

interface Line {
  egg: string;
  program: string;
  environment?: Record<string, string>;
  /** What it must be started with; `ports` are its others by name, which are chosen for the variables of these names. */
  words: (port: number, ports: Record<string, number>) => string[];
  /** Of its environment. */
  says?: (port: number) => string;
  ends: string;
}

const lines: Line[] = [
  {
    egg: 'bots/discord/jmusicbot/egg-j-music-bot',
    program: 'java',
    environment: { BOT_TOKEN: 'x', BOT_OWNER: '12345678901234567' },
    words: () => ['-Dnogui=true', '-jar', 'JMusicBot.jar'],
    ends: 'interrupted',
  },
  {
    egg: 'game_eggs/minecraft/java/forge/forge/egg-forge-enhanced',
    program: 'java',
    words: () => [
      '-Xms128M',
      '-Xmx256M',
      '-Dterminal.jline=false',
      '-Dterminal.ansi=true',
      '-jar',
      'server.jar',
    ],
    ends: 'told stop',
  },
  {
    egg: 'game_eggs/steamcmd_servers/astro_colony/egg-astro-colony-wine',
    program: 'wine',
    environment: { SERVER_NAME: 'Ann\'s $(id) "x" \\ *' },
    words: () => [
      './AstroColony/Binaries/Win64/AstroColonyServer.exe',
      '-log',
      '-QueryPort=27015',
      '-SteamServerName=Ann\'s $(id) "x" \\ *',
    ],
    ends: 'interrupted',
  },
  {
    egg: 'game_eggs/steamcmd_servers/conan_exiles/egg-conan-exiles',
    program: 'xvfb-run',
    environment: { SRV_NAME: '`id`; rm -rf / {{SRV_PW}}' },
    words: (port, { query, rcon }) => [
      '--auto-servernum',
      'wine',
      '/home/container/ConanSandbox/Binaries/Win64/ConanSandboxServer-Win64-Shipping.exe',
      `-Port=${port}`,
      `-QueryPort=${query}`,
      `-RconPort=${rcon}`,
      '-ServerName=`id`; rm -rf / {{SRV_PW}}',
      '-ServerPassword=',
      '-console',
      '-log',
    ],
    ends: 'interrupted',
  },
  {
    // More than one line, and a program that is run before.
    egg: 'game_eggs/factorio/factorio/egg-factorio-a-r-m64',
    program: 'box64',
    words: (port) => [
      './bin/x64/factorio',
      '--port',
      `${port}`,
      '--server-settings',
      'data/server-settings.json',
      '--start-server',
      'saves/gamesave.zip',
    ],
    ends: 'told /quit',
  },
  {
    egg: 'game_eggs/steamcmd_servers/neosvr/egg-neos-v-r',
    program: 'mono',
    environment: { ENABLE_MODLOADER: 'true', STEAM_USER: 'x', STEAM_PASS: 'x', SRCDS_BETAPASS: 'x' },
    words: () => [
      'Neos.exe',
      '-c',
      './Config/Config.json',
      '-l',
      './Logs',
      '-LoadAssembly',
      './NeosModLoaderHeadless.dll',
    ],
    ends: 'told shutdown',
  },
  {
    egg: 'generic/python/egg-python-generic',
    program: 'python',
    words: () => ['/home/container/app.py'],
    ends: 'interrupted',
  },
  {
    egg: 'bots/discord/game-server-watcher/egg-game-server-watcher',
    program: 'node',
    environment: { SECRET: 'long enough' },
    words: () => ['/home/container/dist/server.js'],
    says: (port) => `PORT=${port}`,
    ends: 'interrupted',
  },
  {
    egg: 'game_eggs/clone_hero/egg-clone-hero',
    program: 'Server',
    environment: { SERVER_DISPLAY_NAME: '(my) & friends | x', SERVER_PASSWORD: 'hunter_2' },
    words: (port) => [
      ...['-l', '4', '-n', '(my) & friends | x', '-p', `${port}`],
      ...['-a', '0.0.0.0', '-ps', 'hunter_2'],
    ],
    ends: 'interrupted',
  },
  {
    egg: 'game_eggs/steamcmd_servers/cryofall/egg-cryo-fall',
    program: 'dotnet',
    words: () => ['Binaries/Server/CryoFall_Server.dll', 'loadOrNew'],
    ends: 'told stop 10 stopping server',
  },
  {
    egg: 'game_eggs/hogwarp/egg-hogwarp',
    program: 'wine',
    words: () => ['HogWarpServer.exe'],
    says: () => 'WINEDLLOVERRIDES=mscoree=n,b;mshtml=n,b',
    ends: 'interrupted',
  },
];

let machine: ContainerMachine;
let whyNot: string | undefined;
let image: string;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
/** Of their servers; all are installed and started at once. */
const ids = new Map<string, string>();
const table: { egg: string; program: string; words: string; ends: string }[] = [];

beforeAll(async () => {
  const built = standInImage(programs);
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') whyNot = opened;
  else machine = opened;
  if (!built) whyNot ??= 'bash or busybox-static is not installed';
  if (!existsSync(eggs)) whyNot ??= 'The eggs are not beside the project';
  if (whyNot || !built) return;
  image = await machine.push(built, 'games/stand-in');
  client = await machine.start();
  for (const line of lines) ids.set(line.egg, await create(line));
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterAll(async () => {
  if (table.length > 0) console.table(table);
  if (client) await removeAll();
  await machine?.[Symbol.asyncDispose]();
});

it.each(lines)('of $egg are read as they are meant', async ({ egg, program, words, says, ends }) => {
  const id = ids.get(egg) ?? expect.fail('it was not created');
  const params = { id };
  await stateIs(id, 'running');
  const { primaryPort, portBindings } = await client.servers.get({ params });
  const ports = Object.fromEntries(portBindings.map(({ name, port }) => [name, port]));
  const expected = words(primaryPort, ports);
  const started = await linesOf(id);
  const last = started.findLastIndex((line) => line.startsWith('ran '));
  expect(started[last]).toMatch(new RegExp(`^ran ${program} in /home/container as container with `));
  if (says) expect(started[last]).toContain(says(primaryPort));
  const seen = started.slice(last + 1).filter((line) => line.startsWith('word '));
  expect(seen).toEqual(expected.map((word) => `word <${word}>`));
  expect(started.join('\n')).not.toContain('command not found');
  await client.servers.stop({ params });
  await stateIs(id, 'stopped');
  expect((await linesOf(id)).at(-1)).toBe(ends);
  expect((await client.servers.get({ params })).exitCode).toBe(0);
  table.push({ egg, program, words: expected.join(' '), ends });
});

/** As the egg says, but for where its image and its files come from. */
async function create({ egg: name, environment = {} }: Line): Promise<string> {
  const egg = JSON.parse(readFileSync(`${eggs}pelican-eggs+eggs/${name}.json`, 'utf8'));
  const { done } = JSON.parse(egg.config.startup) as { done: string | string[] };
  const script = [
    'cd /mnt/server',
    `printf '%s' ${quoted([done].flat()[0] ?? '')} >stand-in.done`,
    `printf '%s' ${quoted(egg.config.stop)} >stand-in.stop`,
    // For a game that is started from its own folder.
    'cp /usr/local/bin/java Server',
  ].join('\n');
  const changed = {
    ...egg,
    docker_images: { Stand: image },
    scripts: { installation: { script, container: image, entrypoint: 'bash' } },
  };
  const { items } = await client.templates.importMany({
    body: { files: [{ fileName: 'egg.json', content: JSON.stringify(changed) }] },
    query: { dryRun: 'false' },
  });
  const { template, error } = items[0] ?? expect.fail('nothing was imported');
  if (!template) throw new Error(`${name}: ${error?.message}`);
  const body = {
    name: template.name.slice(0, 60),
    templateId: template.id,
    ...{ allocatedMemoryMb: 256, allocatedCpuCores: 1, allocatedDiskMb: 64 },
    environment: { ...environment },
    startAfterInstall: true,
  };
  const { id } = await client.servers.create({ body }).catch((refusal: AppError) => {
    throw new Error(`${name}: ${refusal.message} ${JSON.stringify(refusal.issues)}`);
  });
  return id;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

async function stateIs(id: string, wanted: string): Promise<void> {
  let last = '';
  await until(`the server is ${wanted}`, async () => {
    const { state, reasonText } = await client.servers.get({ params: { id } });
    last = `${state} ${reasonText}`;
    return state === wanted;
  }).catch(async (error: Error) => {
    throw new Error(`${error.message}; it is ${last}\n${(await linesOf(id)).slice(-30).join('\n')}`);
  });
}

async function linesOf(id: string): Promise<string[]> {
  const { items } = await client.console.logs({ params: { id }, query: { limit: 1000 } });
  return items.filter(({ stream }) => stream !== 'stdin').map(({ text }) => text);
}

async function removeAll(): Promise<void> {
  for (const { id, state } of (await client.servers.list({ query: {} })).items) {
    if (isUp(state)) {
      await client.servers.kill({ params: { id } });
      await stateIs(id, 'stopped');
    }
    await client.servers.delete({ params: { id } });
  }
  await until('all are gone', async () => (await client.servers.list({ query: {} })).items.length === 0);
}
