import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { runProgram } from '../../network/run-program.ts';
import { findProgram } from '../../node/program-paths.ts';
import { openEscapes } from './runc-escapes.ts';

/** Where containerd's service looks for it, in this order. */
const usualFolders = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const packageChangelog = '/usr/share/doc/runc/changelog.Debian.gz';

interface RuncPlaces {
  folders?: string;
  changelog?: string;
}

/** Whether the runc of this machine keeps containers in. It is looked at again when it is another one. */
export class RuncRisk {
  readonly #folders: string;
  readonly #changelog: string;
  #looked: { at: string; sentence: Promise<string | null> } | null = null;

  constructor({ folders = usualFolders, changelog = packageChangelog }: RuncPlaces = {}) {
    this.#folders = folders;
    this.#changelog = changelog;
  }

  /** A sentence on the known ways out that it leaves open; null without any, or without a runc that works. */
  look(): Promise<string | null> {
    const program = findProgram('runc', this.#folders);
    if (program === null) return Promise.resolve(null);
    const { ino, mtimeMs, ctimeMs } = statSync(program);
    const at = [program, ino, mtimeMs, ctimeMs].join(' ');
    if (this.#looked?.at !== at) this.#looked = { at, sentence: this.#ask(program) };
    return this.#looked.sentence;
  }

  async #ask(program: string): Promise<string | null> {
    const versionText = await runProgram(program, ['--version']).catch(() => '');
    const changelog = await readFile(this.#changelog)
      .then(promisify(gunzip))
      .catch(() => null);
    const open = openEscapes(versionText, changelog && String(changelog));
    if (open.length === 0) return null;
    const release = /version (\S{1,40})/.exec(versionText)?.[1] ?? '';
    const names = new Intl.ListFormat('en').format(open);
    return `runc ${release} is older than the fixes of ${names}, and its package does not say that it has them: a program in a container could get at the whole machine.`;
  }
}
