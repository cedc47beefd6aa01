import { readFile, realpath } from 'node:fs/promises';
import { ProgramFailure, type RunProgram, runProgram } from '../network/run-program.ts';

/** Limits what one server's folder takes by the file system itself, under a number of its own. */
export interface ProjectQuota {
  /**
   * Everything in the folder, now and later, counts for this project; does nothing where it does already. To be called
   * while nothing in it runs, as it walks through. Rejects with a ProgramFailure, as all of this.
   */
  mark(folder: string, projectId: number): Promise<void>;
  /** What counts for a project takes at most so much; zero takes the limit away. */
  limit(projectId: number, limitBytes: number): Promise<void>;
}

export interface ProjectQuotaReport {
  quota: ProjectQuota | null;
  /** For the node page: who holds servers to their disk limits, and what would be better. */
  note: string;
}

interface Mount {
  place: string;
  kind: string;
  options: readonly string[];
}

interface Surroundings {
  run?: RunProgram;
  readMounts?: () => Promise<string>;
}

const programsOf = { ext4: ['setquota', 'chattr', 'lsattr'], xfs: ['xfs_quota', 'xfs_io'] };
const packagesOf = { ext4: 'quota and e2fsprogs', xfs: 'xfsprogs' };
type Kind = keyof typeof programsOf;

/** A folder of a million files takes its time, once. */
const markTimeoutMs = 10 * 60_000;

/** Whether the file system under this folder, where servers have theirs, limits projects. Changes nothing. */
export async function detectProjectQuota(
  folder: string,
  { run = runProgram, readMounts = () => readFile('/proc/self/mounts', 'utf8') }: Surroundings = {},
): Promise<ProjectQuotaReport> {
  const mount = await mountOf(folder, readMounts);
  const isCounted = (why: string) => ({ quota: null, note: `Disk limits are counted, not enforced: ${why}` });
  if (!mount) return isCounted('only Linux has project quotas.');
  const { kind, place, options } = mount;
  if (kind !== 'ext4' && kind !== 'xfs') return isCounted(`${place} (${kind}) has no project quotas.`);
  if (!options.includes('prjquota') && !options.includes('pquota')) {
    return isCounted(`${place} (${kind}) is mounted without project quotas (option prjquota).`);
  }
  const missing = await missingPrograms(kind, run);
  if (missing.length > 0) {
    return isCounted(`${missing.join(' and ')} are missing; install ${packagesOf[kind]}.`);
  }
  const quota = kind === 'ext4' ? ext4Quota(place, run) : xfsQuota(place, run);
  return { quota, note: `Disk limits are enforced by the file system of ${place} (${kind}).` };
}

function ext4Quota(place: string, run: RunProgram): ProjectQuota {
  return {
    async mark(folder, projectId) {
      const [id, flags = ''] = (await run('lsattr', ['-pd', '--', folder])).trim().split(/\s+/);
      if (Number(id) === projectId && flags.includes('P')) return;
      await run('chattr', ['-R', '+P', '-p', String(projectId), '--', folder], { timeoutMs: markTimeoutMs });
    },
    async limit(projectId, limitBytes) {
      await run('setquota', ['-P', String(projectId), '0', kibibytes(limitBytes), '0', '0', place]);
    },
  };
}

function xfsQuota(place: string, run: RunProgram): ProjectQuota {
  return {
    async mark(folder, projectId) {
      const [, id] = /projid = (\d+)/.exec(await run('xfs_io', ['-r', '-c', 'stat', folder])) ?? [];
      if (Number(id) === projectId) return;
      // Its commands are split at blanks and quotes.
      if (/[\s"'\\]/.test(folder)) {
        throw new ProgramFailure(`xfs_quota cannot take the path of ${folder}: it has blanks or quotes`);
      }
      const command = `project -s -p ${folder} ${projectId}`;
      await run('xfs_quota', ['-x', '-c', command, place], { timeoutMs: markTimeoutMs });
    },
    async limit(projectId, limitBytes) {
      const command = `limit -p bhard=${kibibytes(limitBytes)}k ${projectId}`;
      await run('xfs_quota', ['-x', '-c', command, place]);
    },
  };
}

/** Zero is no limit to both of them, so nothing is ever limited to less than a block. */
function kibibytes(bytes: number): string {
  return String(bytes === 0 ? 0 : Math.max(4, Math.floor(bytes / 1024)));
}

/** The mount a folder is on; null where that cannot be told. */
async function mountOf(folder: string, readMounts: () => Promise<string>): Promise<Mount | null> {
  const path = await realpath(folder);
  const text = await readMounts().catch(() => '');
  const under = text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length >= 4)
    .map(([, place = '', kind = '', options = '']): Mount => {
      return { place: unescapeMount(place), kind, options: options.split(',') };
    })
    .filter(({ place }) => place === '/' || path === place || path.startsWith(`${place}/`));
  // Of two on the same place the later one is on top.
  return under.reduce<Mount | null>(
    (best, mount) => (best && best.place.length > mount.place.length ? best : mount),
    null,
  );
}

function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

async function missingPrograms(kind: Kind, run: RunProgram): Promise<string[]> {
  const missing: string[] = [];
  for (const program of programsOf[kind]) {
    // Some of them fail when asked for nothing, but they are there.
    const isThere = await run(program, ['-V']).then(
      () => true,
      (error: unknown) => !(error instanceof ProgramFailure && error.isMissing),
    );
    if (!isThere) missing.push(program);
  }
  return missing;
}
