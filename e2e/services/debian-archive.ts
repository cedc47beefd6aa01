import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, systemPath } from './find-program.ts';

const thisFile = fileURLToPath(import.meta.url);
const suite = 'bookworm';
/** Downloaded but not installed, so that apt needs no network for them: what the agent's installer installs. */
const downloaded = ['containerd', 'runc', 'containernetworking-plugins', 'nftables', 'iproute2'];

/** Kept from run to run: making it takes a minute and a half. */
export const debianArchive = join(
  dirname(thisFile),
  `../../node_modules/.cache/catalyst-debian-${suite}.tar`,
);

export interface Finished {
  code: number | null;
  /** Both streams. */
  output: string;
}

/**
 * Sees that there is an archive of a fresh Debian with curl. The answer is why there is none, or null. It needs the
 * network, which tests in a network of their own do not have, so `npm test` runs this file before them.
 */
export async function makeDebianArchive(): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'They need root on Linux.';
  if (existsSync(debianArchive)) return null;
  if (!findProgram('debootstrap')) return 'debootstrap was not found.';
  const root = await mkdtemp(join(tmpdir(), 'catalyst-debootstrap-'));
  const install = ['apt-get', '-y', '-qq', '--no-install-recommends', '--download-only', 'install'];
  try {
    for (const command of [
      ['debootstrap', '--variant=minbase', '--include=curl,ca-certificates', suite, root],
      ['chroot', root, 'apt-get', '-qq', 'update'],
      ['chroot', root, ...install, ...downloaded],
    ] as [string, ...string[]][]) {
      const { code, output } = await run(command);
      if (code !== 0) return `${command[0]} failed: ${output.trim().split('\n').at(-1)}`;
    }
    // Those of this machine, which are not to be reached from the tests' network.
    await writeFile(join(root, 'etc', 'resolv.conf'), '');
    await mkdir(dirname(debianArchive), { recursive: true });
    const draft = `${debianArchive}.draft`;
    await run(['tar', '-cf', draft, '-C', root, '.']);
    await rename(draft, debianArchive);
    return null;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function run([program, ...args]: [string, ...string[]]): Promise<Finished> {
  const env = { ...process.env, PATH: systemPath() };
  return finished(spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

export async function finished(child: ReturnType<typeof spawn>): Promise<Finished> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

if (process.argv[1] === thisFile && !existsSync(debianArchive)) {
  console.error('Making a Debian to try the installer in (once) …');
  const reason = await makeDebianArchive();
  if (reason !== null) console.error(`There is none, so the tests that need it are skipped. ${reason}`);
}
