import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';
import type { Finished } from '../services/debian-archive.ts';
import { DebianTree } from '../services/debian-tree.ts';
import { findProgram } from '../services/find-program.ts';

const installers = fileURLToPath(new URL('../../installers/linux/', import.meta.url));
const script = '/opt/catalyst-agent/install-agent.sh';

let debian: DebianTree | undefined;
let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;
let nodeId: string;

beforeAll(async () => {
  debian = await DebianTree.create();
  if (!debian) return;
  await writeFile(join(debian.root, 'etc', 'hosts'), '127.0.0.1 localhost panel.test\n');
  const port = await freePort();
  product = await Product.create({
    CATALYST_ADMIN_EMAIL: admin.email,
    CATALYST_ADMIN_PASSWORD: admin.password,
    CATALYST_PORT: String(port),
    CATALYST_PUBLIC_URL: `https://panel.test:${port}`,
  });
  await product.start();
  client = await product.adminClient();
  const body = { name: 'another machine', publicAddress: '192.0.2.4' };
  nodeId = (await client.nodes.create({ body })).id;
}, 600_000);
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await debian?.[Symbol.asyncDispose]();
});
const tree = () => debian as DebianTree;
const node = () => client.nodes.get({ params: { id: nodeId } });

/** A fresh one, as the panel shows it; root has no need of sudo, which a small Debian lacks. */
async function command(id = nodeId): Promise<string> {
  const { installCommand } = await client.nodes.deploymentToken({ params: { id } });
  expect(installCommand).toMatch(/\| sudo sh$/);
  return (installCommand as string).replace('| sudo sh', '| sh');
}

/** The script as the panel hands it out, with whatever the test changes in it; run from standard input. */
async function runScript(change: (text: string) => string, options?: Parameters<DebianTree['run']>[1]) {
  const { installCommand } = await client.nodes.deploymentToken({ params: { id: nodeId } });
  const [, code] = /\/api\/deploy\/([\w-]+)/.exec(installCommand as string) ?? [];
  const text = await (await fetch(`${await product.url()}/api/deploy/${code}`)).text();
  await writeFile(join(tree().root, 'tmp', 'script'), change(text));
  return tree().run('sh </tmp/script', options);
}

/** Says what is wrong, and leaves everything as it was. */
async function expectRefusal(sentence: RegExp, run: () => Promise<Finished>): Promise<void> {
  const before = await tree().files();
  const { code, output } = await run();
  expect(output).toMatch(sentence);
  expect(code).toBe(1);
  expect(await tree().files()).toEqual(before);
}

it('has a service unit that systemd understands', async ({ skip }) => {
  if (!findProgram('systemd-analyze')) skip('systemd-analyze was not found');
  const folder = await mkdtemp(join(tmpdir(), 'catalyst-unit-'));
  const path = join(folder, 'catalyst-agent.service');
  const unit = await readFile(join(installers, 'catalyst-agent.service'), 'utf8');
  await writeFile(path, unit.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'));
  expect(execFileSync('systemd-analyze', ['verify', path], { stdio: 'pipe' }).toString()).toBe('');
  await rm(folder, { recursive: true });
});

describe('the install script', () => {
  beforeEach(({ skip }) => {
    if (!debian) skip('no Debian of its own to install in: the reason is printed above');
  });

  it('says why it does nothing on a system, a machine or for a user that is not right', async () => {
    const fedora = join(await mkdtemp(join(tmpdir(), 'catalyst-os-')), 'os-release');
    await writeFile(fedora, 'ID=fedora\nPRETTY_NAME="Fedora Linux 42"\n');
    await expectRefusal(
      /knows Debian and Ubuntu, and this is Fedora Linux 42\. Install containerd, .*npm run agent/,
      () => runScript((text) => text, { before: `mount --bind ${fedora} "$root/usr/lib/os-release"` }),
    );
    await rm(join(fedora, '..'), { recursive: true });
    await expectRefusal(/needs root: put sudo before sh/, () =>
      runScript((text) => text, { chroot: ['--userspec=65534:65534'] }),
    );
    await expectRefusal(/has the agent for \w+ machines, .* this one is i686/, async () => {
      return runScript((text) => text.replace(/^main "\$@"$/m, 'uname() { echo i686; }\nmain "$@"'));
    });
    await mkdir(join(tree().root, 'var', 'lib', 'catalyst', 'panel'), { recursive: true });
    await expectRefusal(/A Catalyst panel is at home on this machine/, () => runScript((text) => text));
    await rm(join(tree().root, 'var', 'lib', 'catalyst'), { recursive: true });
  });

  it('says why it does nothing with a panel that is not there, not the right one, or does not want it', async () => {
    await expectRefusal(/cannot be reached from this machine: .*(connect|refused)/i, () =>
      runScript((text) => text.replace(/^panel_url=.*$/m, "panel_url='https://panel.test:1'")),
    );
    const otherKey = Buffer.alloc(32).toString('base64');
    await expectRefusal(/is not your panel: it has another key\. Nothing was sent to it/, () =>
      runScript((text) => text.replace(/^panel_pin=.*$/m, `panel_pin='${otherKey}'`)),
    );
    await expectRefusal(/works once and for 15 minutes\. Make a new one/, () =>
      runScript((text) => text.replace(/^install_secret=.*$/m, `install_secret='used'`)),
    );
    await expectRefusal(/does not have the hash that the panel named/, () =>
      runScript((text) => text.replace(/^package_sha256=.*$/m, `package_sha256='0'`)),
    );
  });

  it('does nothing when the command itself meets another panel, a used code or nobody', async () => {
    const line = await command();
    const withOtherKey = line.replace(/sha256\/\/[^']+/, `sha256//${Buffer.alloc(32).toString('base64')}`);
    await expectRefusal(/public key does not match pinned.*\n.*Nothing was installed/, () =>
      tree().run(withOtherKey),
    );
    await expectRefusal(/Nothing was installed/, () =>
      tree().run(line.replace(/panel\.test:\d+/, 'panel.test:1')),
    );
    await expectRefusal(/404\n.*Nothing was installed\. After a 404, copy a new command/, () =>
      tree().run(line.replace(/deploy\/[\w-]+/, `deploy/${'a'.repeat(43)}`)),
    );
  });

  it('installs what is needed, the agent and its service, and links it', async () => {
    const { code, output } = await tree().run(await command());
    expect(output).toMatch(/Installed the packages containerd runc .*\n.*Made \/var\/lib\/catalyst\./);
    expect(output).toContain('systemd does not run here');
    expect(code, output).toBe(0);
    const at = (path: string) => join(tree().root, path);
    const mode = async (path: string) => ((await stat(at(path))).mode & 0o777).toString(8);
    for (const program of [
      'usr/bin/containerd',
      'usr/sbin/runc',
      'usr/lib/cni/bridge',
      'usr/sbin/nft',
      'sbin/ip',
    ]) {
      expect(existsSync(at(program)), program).toBe(true);
    }
    expect(await mode('var/lib/catalyst')).toBe('711');
    expect(await mode('var/lib/catalyst/agent/servers')).toBe('711');
    expect(await mode('var/lib/catalyst/agent/identity')).toBe('700');
    expect(await mode('etc/catalyst/agent.env')).toBe('600');
    expect(await readFile(at('etc/systemd/system/catalyst-agent.service'), 'utf8')).toBe(
      await readFile(join(installers, 'catalyst-agent.service'), 'utf8'),
    );
    // The script that stays holds no secret.
    expect(await readFile(at(script), 'utf8')).toBe(
      await readFile(join(installers, 'install-agent.sh'), 'utf8'),
    );
    expect(existsSync(at('var/lib/catalyst/agent/identity/agent-key.pem'))).toBe(true);
    const { fingerprint } = await node();
    expect(output).toContain(`Fingerprint of this agent: ${fingerprint}`);
  });

  it('is online when the agent runs, and a second run then changes nothing', async () => {
    const agent = tree().start('exec catalyst-agent run', {
      environment: { CATALYST_AGENT_STATS_PORT: '0' },
    });
    const ended = once(agent, 'exit');
    try {
      await until('the node is online', async () => (await node()).status === 'online');
      const before = await tree().files();
      for (const line of [await command(), `${script} --yes`]) {
        const { code, output } = await tree().run(line);
        expect(output).toContain('Everything is as it should be; nothing was changed.');
        expect(code).toBe(0);
      }
      expect((await tree().files()).filter(isNotAgents)).toEqual(before.filter(isNotAgents));
      expect((await node()).status).toBe('online');
    } finally {
      agent.kill('SIGTERM');
      await ended;
    }
  });

  it('mends what was damaged', async () => {
    const before = await tree().files();
    const main = join(tree().root, 'opt', 'catalyst-agent', 'main.js');
    await writeFile(main, 'throw new Error("damaged")');
    await rm(join(tree().root, 'etc', 'systemd', 'system', 'catalyst-agent.service'));
    await chmod(join(tree().root, 'var', 'lib', 'catalyst'), 0o700);
    const byItself = await tree().run(script);
    expect(byItself.output).toContain('its files are damaged. Copy the install command from the panel');
    const { code, output } = await tree().run(await command());
    expect(output).toMatch(
      /Gave .* the mode 711[\s\S]*Installed the agent in [\s\S]*Wrote .*catalyst-agent\.service/,
    );
    expect(output).not.toContain('Linked');
    expect(code).toBe(0);
    expect((await tree().files()).map(withoutTime)).toEqual(before.map(withoutTime));
  });

  it('does not take a machine away from its node without being told so', async () => {
    const body = { name: 'a third', publicAddress: '192.0.2.5' };
    const other = await client.nodes.create({ body });
    const params = { id: other.id };
    await expectRefusal(/is linked already, as another node, .*run it again with --yes/, async () =>
      tree().run(`setsid sh -c '${(await command(other.id)).replaceAll("'", `'\\''`)}'`),
    );
    const { code, output } = await tree().run((await command(other.id)).replace(/sh$/, 'sh -s -- --yes'));
    expect(code, output).toBe(0);
    expect((await client.nodes.get({ params })).fingerprint).toBe((await node()).fingerprint);
  });

  it('is removed without a trace, but for the data, which goes with --purge', async () => {
    const { root } = tree();
    const world = join(root, 'var', 'lib', 'catalyst', 'agent', 'servers', 'x', 'world');
    await mkdir(join(world, '..'), { recursive: true });
    await copyFile(fileURLToPath(import.meta.url), world);
    const agent = tree().start('exec catalyst-agent run', {
      environment: { CATALYST_AGENT_STATS_PORT: '0' },
    });
    const ended = once(agent, 'exit');
    await until('the agent runs', () => existsSync(join(root, 'var/lib/catalyst/agent/agent.lock')));
    // One shell for both: each has mounts of its own, and sees the folders of others' processes elsewhere.
    const { code, output } = await tree().run(`
      cd /var/lib/catalyst/agent/servers
      setpriv --reuid 700001 --regid 700001 --clear-groups sleep 600 & game=$!
      until [ "$(stat -c %u /proc/$game)" = 700001 ]; do sleep 0.01; done
      setsid ${script} --uninstall && exit 9
      kill -0 $game || exit 9
      ${script} --uninstall --yes || exit
      wait $game; echo "the game ended with $?"`);
    await ended;
    expect(output).toContain('Game servers run on this machine. End them? There is nobody to ask here');
    expect(output).toContain('the game ended with 143');
    expect(output).toContain('What its servers have saved is in /var/lib/catalyst still');
    expect(code).toBe(0);
    expect(
      (await tree().files()).filter((file) => /catalyst/.test(file) && !/var\/lib\/catalyst/.test(file)),
    ).toEqual([]);
    expect(existsSync(world)).toBe(true);

    await copyFile(join(installers, 'install-agent.sh'), join(root, 'tmp', 'script'));
    await expectRefusal(/Delete all game servers .*run it again with --yes/, () =>
      tree().run('setsid sh /tmp/script --purge'),
    );
    expect((await tree().run('sh /tmp/script --purge --yes')).code).toBe(0);
    const clean = await tree().files();
    expect(clean.filter((file) => file.includes('catalyst'))).toEqual([]);
    expect((await tree().run('sh /tmp/script --uninstall')).output).toContain('is not installed');

    // All there is to compare with: the packages were new the first time.
    expect((await tree().run((await command()).replace(/sh$/, 'sh -s -- --yes'))).code).toBe(0);
    expect((await tree().run(`${script} --purge --yes`)).code).toBe(0);
    expect((await tree().files()).map(withoutTime)).toEqual(clean.map(withoutTime));
  });
});

/** A running agent writes its own files. */
const isNotAgents = (file: string) => !file.startsWith('./var/lib/catalyst/agent/');
/** Without the times, and the sizes of folders. */
const withoutTime = (file: string) => file.replace(/ \d+ [\d.]+ (\S*)$/, ' $1');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
