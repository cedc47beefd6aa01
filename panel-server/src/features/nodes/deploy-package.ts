import { createHash, hash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { AppError } from '@catalyst/shared/contract/errors';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import { panelVersion } from '../../version.ts';
import { type ArchiveFile, tarArchive } from './deploy-archive.ts';

export interface AgentPackage {
  path: string;
  sizeBytes: number;
  sha256: string;
  /** What `uname -m` says on machines that it is for. */
  machine: string;
}

export interface AgentPackagesParts {
  /** The built agent: what is in its folder goes to the machines. */
  agentEntry: string | undefined;
  /** The Node it shall run on there. */
  nodePath: string;
  /** Where the package is kept, which takes seconds to make. */
  cacheFolder: string;
}

interface Made {
  /** Of what it was made from. */
  fingerprint: string;
  sha256: string;
}

const scriptName = 'install-agent.sh';
const machines: Partial<Record<NodeJS.Architecture, string>> = { x64: 'x86_64', arm64: 'aarch64' };
const executables = [scriptName, 'catalyst-agent.sh', 'bin/node'];

/**
 * The agent for other machines of this one's kind, in one archive with the Node that runs this panel. Made when it is
 * first asked for.
 */
export class AgentPackages {
  readonly #parts: AgentPackagesParts;
  #made: Promise<AgentPackage> | undefined;

  constructor(parts: AgentPackagesParts) {
    this.#parts = parts;
  }

  /** A panel on Windows, say, has no Node for Linux. */
  get arePossible(): boolean {
    const { agentEntry } = this.#parts;
    if (process.platform !== 'linux' || machines[process.arch] === undefined) return false;
    return agentEntry !== undefined && existsSync(join(dirname(agentEntry), scriptName));
  }

  /** Throws `unavailable` where it cannot be made. */
  async get(): Promise<AgentPackage> {
    if (!this.arePossible) throw new AppError('unavailable', 'This panel has no agent to hand out');
    this.#made ??= this.#findOrMake().catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    const made = await this.#made;
    if (existsSync(made.path)) return made;
    this.#made = undefined;
    return this.get();
  }

  /** The script as it is before a panel writes into it. */
  script(): Promise<string> {
    return readFile(join(this.#agentFolder, scriptName), 'utf8');
  }

  get #agentFolder(): string {
    return dirname(this.#parts.agentEntry as string);
  }

  async #findOrMake(): Promise<AgentPackage> {
    const { cacheFolder } = this.#parts;
    const path = join(cacheFolder, 'agent.tar.gz');
    const recordPath = join(cacheFolder, 'agent.json');
    const files = await this.#files();
    const fingerprint = fingerprintOf(files);
    const earlier = await readRecord(recordPath);
    if (earlier?.fingerprint !== fingerprint || (await sha256Of(path).catch(() => '')) !== earlier.sha256) {
      await rm(cacheFolder, { recursive: true, force: true });
      await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
      const sha256 = await pack(files, path);
      await writeFileAtomically(recordPath, `${JSON.stringify({ fingerprint, sha256 } satisfies Made)}\n`);
    }
    const { sha256 } = (await readRecord(recordPath)) as Made;
    return {
      path,
      sha256,
      sizeBytes: (await stat(path)).size,
      machine: machines[process.arch] as string,
    };
  }

  async #files(): Promise<ArchiveFile[]> {
    const folder = this.#agentFolder;
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
      .map(({ name }) => name);
    const found = await Promise.all([
      fileOf('bin/node', this.#parts.nodePath),
      ...names.sort().map((name) => fileOf(name, join(folder, name))),
    ]);
    const manifest = { name: 'catalyst-agent', version: panelVersion, type: 'module' };
    const content = Buffer.from(`${JSON.stringify(manifest)}\n`);
    return [...found, { name: 'package.json', mode: 0o644, content }];
  }
}

async function fileOf(name: string, path: string): Promise<ArchiveFile> {
  const { size, mtimeMs } = await stat(path);
  const mode = executables.includes(name) ? 0o755 : 0o644;
  return { name, mode, content: { path, sizeBytes: size, modifiedAtMs: mtimeMs } };
}

/** Writes the archive, which also says the hash of each file, and returns its own. */
async function pack(files: ArchiveFile[], path: string): Promise<string> {
  const sums: string[] = [];
  for (const { name, content } of files) {
    const sum = Buffer.isBuffer(content) ? hash('sha256', content) : await sha256Of(content.path);
    sums.push(`${sum}  ${name}\n`);
  }
  const sumsFile = { name: 'SHA256SUMS', mode: 0o644, content: Buffer.from(sums.join('')) };
  const draft = join(dirname(path), `.${basename(path)}.draft`);
  // The strongest level would save a tenth, and take three times as long.
  await pipeline(
    tarArchive([...files, sumsFile]),
    createGzip({ level: 1 }),
    createWriteStream(draft, { mode: 0o600 }),
  );
  const sha256 = await sha256Of(draft);
  await rename(draft, path);
  return sha256;
}

async function sha256Of(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  return digest.digest('hex');
}

/** Of names, sizes and times: it is compared at each start, and reading Node takes longer. */
const fingerprintOf = (files: ArchiveFile[]) => hash('sha256', JSON.stringify(files));

async function readRecord(path: string): Promise<Made | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Made;
  } catch {
    return null;
  }
}
