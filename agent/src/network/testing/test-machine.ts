import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';
import { createLogger } from '../../logger.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { namespaceFolder } from '../network-names.ts';
import { ServerNetworks, type ServerNetworksOptions } from '../server-networks.ts';

/** Changing networks for real is for a machine that is there for nothing else, one test at a time. */
export async function needsPrivateNetwork({ skip }: Pick<TestContext, 'skip'>): Promise<void> {
  const isPrivate = process.env.CATALYST_TEST_NETWORK === 'private' && process.getuid?.() === 0;
  if (!isPrivate)
    skip('Networks are changed only in a private network namespace (CATALYST_TEST_NETWORK=private)');
  const turn = await networkTurn();
  onTestFinished(() => void turn.close());
}

export function needsPlugins({ skip }: Pick<TestContext, 'skip'>): void {
  if (!existsSync('/usr/lib/cni/portmap')) skip('The package containernetworking-plugins is not installed');
}

/** An abstract socket belongs to the network namespace, so all who share that meet here; it ends with its process. */
async function networkTurn(): Promise<Server> {
  for (;;) {
    const server = createServer().listen('\0catalyst-test-network');
    const isMine = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isMine) return server;
    await delay(20);
  }
}

export const hostAddress = '192.0.2.1';
export const outsidePath = `${namespaceFolder}/outside`;

/** Another machine, reached over a cable: it has 192.0.2.2 and this one 192.0.2.1. */
export function connectOutside(): void {
  batch(`netns add outside
    link add name wan type veth peer name wan netns outside
    addr add ${hostAddress}/24 dev wan
    link set wan up`);
  batch(
    `link set lo up
    addr add 192.0.2.2/24 dev wan
    link set wan up
    route add default via ${hostAddress}`,
    ['-n', 'outside'],
  );
  onTestFinished(() => batch('link delete wan\nnetns delete outside'));
}

export function batch(lines: string, options: string[] = []): void {
  const input = lines.replaceAll(/^\s+/gm, '');
  execFileSync('ip', [...options, '-batch', '-'], { input, stdio: ['pipe', 'pipe', 'inherit'] });
}

export function nft(text: string): string {
  return execFileSync('nft', ['-f', '-'], { input: text, encoding: 'utf8' });
}

export function listTables(): string {
  return execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8', stdio: 'pipe' });
}

/** Everything that a network of a server could leave behind in the kernel. */
export function whatIsThere() {
  return {
    namespaces: existsSync(namespaceFolder) ? readdirSync(namespaceFolder).toSorted() : [],
    links: readFileSync('/proc/net/dev', 'utf8')
      .split('\n')
      .slice(2)
      .map((line) => line.split(':')[0]?.trim())
      .toSorted(),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes('netns'))
      .toSorted(),
    // Rules of others count what passes meanwhile.
    rules: listTables().replaceAll(/counter packets \d+ bytes \d+/g, 'counter'),
    routes: execFileSync('ip', ['-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' }).replaceAll(
      ' linkdown',
      '',
    ),
  };
}

export interface TestNetworks {
  networks: ServerNetworks;
  stateFolder: string;
}

/** An agent's networks; all that they made is removed after the test. */
export function testNetworks(options: Partial<ServerNetworksOptions> = {}): TestNetworks {
  const { stateFolder = temporaryFolder(), prefix = 'test' } = options;
  const log = createLogger('silent');
  const networks = new ServerNetworks({ ...options, stateFolder, prefix, log });
  onTestFinished(async () => {
    await networks.close();
    const last = new ServerNetworks({ stateFolder, prefix, log });
    await last.recover([]);
    await last.close();
  });
  return { networks, stateFolder };
}

export const inTime = () => AbortSignal.timeout(20_000);
