import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AppError } from '@catalyst/shared/contract/errors';
import { isUp } from '@catalyst/shared/features/server-states';
import type { NewServer, Server } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContainerMachine } from '../container-machine.ts';
import { admin, until } from '../product.ts';
import { eggImage } from '../services/egg-image.ts';
import { openttdFiles } from '../services/openttd-image.ts';
import { askFromOutside, connectOutside, hostAddress } from '../services/outside.ts';

// Servers of community eggs, imported as they are but for where their images and downloads come from: their lines, their
// environment and their scripts in containers with the contract that those images have.

const eggs = fileURLToPath(new URL('../../../shared/eggs/', import.meta.url));
const visitor = fileURLToPath(new URL('../openttd-visitor.ts', import.meta.url));

interface Egg {
  name: string;
  startup: string;
  docker_images: Record<string, string>;
  config: { startup: string; stop: string };
  scripts: { installation: { script: string; container: string; entrypoint: string } };
  variables: { env_variable: string; default_value: string }[];
}

let machine: ContainerMachine;
let whyNot: string | undefined;
let image: string;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
let disconnectOutside: () => void;

beforeAll(async () => {
  const openttd = openttdFiles();
  const built = openttd && eggImage([...openttd.libraries, ...openttd.game]);
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') whyNot = opened;
  else machine = opened;
  if (!built) whyNot ??= 'OpenTTD, bash or busybox-static is not installed';
  if (!existsSync(eggs)) whyNot ??= 'The eggs are not beside the project';
  if (whyNot || !built) return;
  disconnectOutside = connectOutside();
  image = await machine.push(built, 'games/egg');
  client = await machine.start();
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterAll(async () => {
  if (client) await removeAll();
  await machine?.[Symbol.asyncDispose]();
  disconnectOutside?.();
});

it('runs OpenTTD by the line, the rules and the files of its egg', async () => {
  const script = `#!/bin/ash\r
cd /mnt/server\r
cp /usr/games/openttd .\r
cp -r /usr/share/games/openttd/* .\r
printf '[network]\\nserver_name =\\n' > openttd.cfg\r
echo "as $(id -u) with $SERVER_MEMORY MB of $P_SERVER_UUID"\r
`;
  const template = await imported('pterodactyl+game-eggs/openttd/egg-open-t-t-d-server.json', { script });
  const server = await created(template, { environment: { srv_name: 'Steam; $(id) {{x}}' } });
  const lines = await linesOf(server.id);
  expect(lines).toContain(`as 0 with 1024 MB of ${server.id}`);
  expect(lines).toContain('container~ ./openttd -D');
  const seen = await askFromOutside<{ udpAnswer: number; name: string }>(visitor, [
    hostAddress,
    `${server.primaryPort}`,
  ]);
  expect(seen.udpAnswer).toBe(1);
  expect(seen.name).toContain('Steam; $(id) {{x}}');
  await client.servers.stop({ params: { id: server.id } });
  await stateIs(server.id, 'stopped');
  expect((await client.servers.get({ params: { id: server.id } })).exitCode).toBe(0);
});

it('gives a line what the images of the community are given, and nothing of a value to a shell', async () => {
  const startup =
    'whoami; pwd; echo "$(hostname) $HOME $TZ $SERVER_IP {{SERVER_PORT}} $SERVER_MEMORY {{QUERY_PORT}}"; [[ -f made ]] && printf "<%s>\\n" "{{TITLE}}"; cat /etc/machine-id; echo "all" "set"; trap "echo bye; exit 0" INT; while :; do sleep 0.1; done';
  const template = await imported('pterodactyl+game-eggs/openttd/egg-open-t-t-d-server.json', {
    name: 'A line',
    script: 'touch /mnt/server/made',
    startup,
    stop: '^^C',
    variables: [
      { env_variable: 'title', default_value: '`id` $(id) ; id', rules: 'required|string' },
      { env_variable: 'QUERY_PORT', default_value: '', rules: 'required|numeric' },
    ],
  });
  const server = await created(template, {});
  const lines = await linesOf(server.id);
  const query = server.portBindings.find(({ name }) => name === 'query')?.port;
  const said = lines.slice(lines.findIndex((line) => line.startsWith('container~')) + 1);
  expect(said.slice(0, 4)).toEqual([
    'container',
    '/home/container',
    expect.stringMatching(
      new RegExp(`^\\S+ /home/container \\S+ 0\\.0\\.0\\.0 ${server.primaryPort} 1024 ${query}$`),
    ),
    '<`id` $(id) ; id>',
  ]);
  expect(said[4]).toMatch(/^[0-9a-f]{32}$/);
  await client.servers.stop({ params: { id: server.id } });
  await stateIs(server.id, 'stopped');
  expect(await linesOf(server.id)).toContain('bye');
});

it('counts the exit code of an installation, and says what it last said', async () => {
  const template = await imported('pterodactyl+game-eggs/openttd/egg-open-t-t-d-server.json', {
    name: 'A failing script',
    script: 'echo "404 on the mirror"; exit 22',
  });
  const { id } = await client.servers.create({ body: wish(template, {}) });
  await stateIs(id, 'error');
  const { reasonText } = await client.servers.get({ params: { id } });
  expect(reasonText).toMatch(/exit code 22.*404 on the mirror/);
});

/** With the images and the script of this test, which has no internet. */
async function imported(path: string, changes: Partial<Record<string, unknown>> & { script: string }) {
  const { script, stop, ...others } = changes;
  const egg = JSON.parse(readFileSync(`${eggs}${path}`, 'utf8')) as Egg;
  const changed = {
    ...egg,
    docker_images: { Debian: image },
    ...others,
    config: {
      ...egg.config,
      ...(stop !== undefined && { stop, startup: '{"done":"all set"}', files: '{}' }),
    },
    scripts: { installation: { ...egg.scripts.installation, container: image, script } },
  };
  const answer = await fetch(`${await machine.product.url()}/api/templates/import?fileName=egg.json`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/octet-stream' },
    body: JSON.stringify(changed),
  });
  const body = (await answer.json()) as { template: Template };
  expect(answer.status, JSON.stringify(body)).toBe(201);
  return body.template;
}

async function token(): Promise<string> {
  const answer = await fetch(`${await machine.product.url()}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: admin.email, password: admin.password }),
  });
  return ((await answer.json()) as { token: string }).token;
}

/** With their networks, which a machine would keep for servers that are still there. */
async function removeAll(): Promise<void> {
  const { items } = await client.servers.list({ query: {} });
  for (const { id, state } of items) {
    if (isUp(state)) {
      await client.servers.kill({ params: { id } });
      await stateIs(id, 'stopped');
    }
    await client.servers.delete({ params: { id } });
  }
  await until('all servers are gone', async () => {
    const left = await client.servers.list({ query: {} });
    return left.items.length === 0;
  });
}

function wish(template: Template, changes: Partial<NewServer>): NewServer {
  return {
    name: template.name,
    description: '',
    templateId: template.id,
    allocatedMemoryMb: 1024,
    allocatedCpuCores: 1,
    allocatedDiskMb: 1024,
    environment: {},
    startAfterInstall: true,
    ...changes,
  } as NewServer;
}

async function created(template: Template, changes: Partial<NewServer>): Promise<Server> {
  const { id } = await client.servers.create({ body: wish(template, changes) }).catch((error: AppError) => {
    throw new Error(`${error.message} ${JSON.stringify(error.issues)}`);
  });
  await stateIs(id, 'running');
  return client.servers.get({ params: { id } });
}

async function stateIs(id: string, wanted: string): Promise<void> {
  let last = '';
  await until(
    `the server is ${wanted}`,
    async () => {
      const { state, reasonText } = await client.servers.get({ params: { id } });
      last = `${state} ${reasonText}`;
      if (state === 'error' && wanted !== 'error')
        throw new Error(`${last}\n${(await linesOf(id)).join('\n')}`);
      return state === wanted;
    },
    90_000,
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}; it is ${last}\n${(await linesOf(id)).slice(-30).join('\n')}`);
  });
}

async function linesOf(id: string): Promise<string[]> {
  const { items } = await client.console.logs({ params: { id }, query: { limit: 1000 } });
  return items.map(({ text }) => text);
}
