import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isUp } from '@catalyst/shared/features/server-states';
import type { NewServer, Server } from '@catalyst/shared/features/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContainerMachine } from '../container-machine.ts';
import { tickerTemplate } from '../container-templates.ts';
import { until } from '../product.ts';
import { busyboxImage } from '../services/busybox-image.ts';

// Installations that want to take the machine down: each ends with a sentence, leaves no process, and a neighbour does not
// notice.

const attacks = [
  {
    id: 'forks',
    what: 'forks without end',
    script: 'exec 2>/dev/null; bomb() { bomb | bomb & }; while :; do bomb; sleep 1; done',
    // Whoever cannot fork any more may give up by itself.
    ends: /took longer than 10 s|exit code/,
  },
  {
    id: 'floods',
    what: 'prints without end',
    script: 'while :; do echo "all work and no play makes a dull installation"; done',
    ends: /printed more than 5 MB/,
  },
  {
    id: 'fills',
    what: 'fills the disk',
    script: 'n=0; while :; do head -c 10000000 /dev/zero >"big$n" || exit 1; n=$((n + 1)); sleep 0.1; done',
    ends: /needs more disk than the 64 MB/,
  },
  {
    id: 'lingers',
    what: 'never ends, with helpers that left it',
    script: 'setsid sleep 1000 & (setsid sleep 1000 &); trap "" TERM; while :; do sleep 1; done',
    ends: /took longer than 10 s/,
  },
];
const runtimes = ['process', 'containerd'] as const;

let machine: ContainerMachine;
let whyNot: string | undefined;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
let neighbour: string;
/** Of the attacked servers, by attack and runtime; all are installed at once. */
const ids = new Map<string, string>();

beforeAll(async () => {
  const busybox = busyboxImage();
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') whyNot = opened;
  else machine = opened;
  if (!busybox) whyNot ??= 'busybox-static is not installed';
  if (whyNot || !busybox) return;
  const image = await machine.push(busybox, 'games/hostile');
  await machine.addTemplate(tickerTemplate(image));
  for (const { id, script } of attacks) {
    const argv = ['/bin/sh', '-c', script];
    const steps = [{ kind: 'run' as const, label: 'Attack', argv }];
    await machine.addTemplate(
      tickerTemplate(image, {
        id: `${id}-process`,
        images: {},
        processRuntime: true,
        install: { steps, timeoutSeconds: 10 },
      }),
    );
    const content = `cd /mnt/server\n${script}`;
    const install = { steps: [], script: { image, entrypoint: 'sh', content }, timeoutSeconds: 10 };
    await machine.addTemplate(tickerTemplate(image, { id: `${id}-containerd`, install }));
  }
  client = await machine.start();
  neighbour = await create('ticker', { startAfterInstall: true });
  await stateIs(neighbour, 'running');
  for (const runtime of runtimes) {
    for (const { id } of attacks) {
      ids.set(`${id}-${runtime}`, await create(`${id}-${runtime}`, { runtime, pids: 60 }));
    }
  }
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterAll(async () => {
  if (client) await removeAll();
  await machine?.[Symbol.asyncDispose]();
});

it('that run all at once are not noticed by their neighbour', async () => {
  await until('each has begun', async () => {
    const { items } = await client.servers.list();
    return items.every(({ state, installProgress }) => state !== 'installing' || installProgress !== null);
  });
  for (const word of ['once', 'twice', 'thrice']) {
    await client.console.command({ params: { id: neighbour }, body: { command: `say ${word}` } });
    await until('the neighbour answers', async () => (await linesOf(neighbour)).includes(`said ${word}`));
  }
});

describe.each(runtimes)('by %s, an installation', (runtime) => {
  it.each(attacks)('that $what is ended, to its last process', async ({ id: attack, ends }) => {
    const id = ids.get(`${attack}-${runtime}`) ?? expect.fail('it was not created');
    const server = await stateIs(id, 'error');
    expect(server).toMatchObject({ reason: 'install_failed', reasonText: expect.stringMatching(ends) });
    const folder = join(machine.product.dataDir, 'agent', 'servers', id);
    const { uid } = statSync(folder);
    expect(uid).toBeGreaterThanOrEqual(700_000);
    expect(processesOf(uid)).toEqual([]);
    const [sizeMb] = execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t');
    expect(Number(sizeMb)).toBeLessThan(1000);
    await expect(client.servers.start({ params: { id } })).rejects.toMatchObject({ code: 'invalid_state' });
  });
});

async function create(templateId: string, changes: Partial<NewServer> = {}): Promise<string> {
  const { id } = await client.servers.create({
    body: {
      name: templateId,
      templateId,
      allocatedMemoryMb: 64,
      allocatedCpuCores: 0.5,
      allocatedDiskMb: 64,
      ...changes,
    },
  });
  return id;
}

async function stateIs(id: string, wanted: Server['state']): Promise<Server> {
  let server = await client.servers.get({ params: { id } });
  await until(`the server is ${wanted}`, async () => {
    server = await client.servers.get({ params: { id } });
    return server.state === wanted && server.operation?.finishedAt !== null;
  });
  return server;
}

async function linesOf(id: string): Promise<string[]> {
  const { items } = await client.console.logs({ params: { id }, query: { limit: 1000 } });
  return items.map(({ text }) => text);
}

/** Whatever namespace they are in; those that only wait for their parent to look have ended. */
function processesOf(uid: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return status.includes(`\nUid:\t${uid}\t`) && !/^State:\s+[ZX]/m.test(status);
    } catch {
      return false;
    }
  });
}

async function removeAll(): Promise<void> {
  for (const { id, state } of (await client.servers.list()).items) {
    if (isUp(state)) {
      await client.servers.kill({ params: { id } });
      await stateIs(id, 'stopped');
    }
    await client.servers.delete({ params: { id } });
  }
  await until('all are gone', async () => (await client.servers.list()).items.length === 0);
}
