import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { RunFolder } from '../../runtimes/run-folder.ts';
import type { ConsoleLine } from '../console-line.ts';
import { ServerConsole, type ServerConsoleOptions } from '../server-console.ts';

/** A folder in which consoles and spools live until the test ends. */
export class ConsoleSandbox {
  readonly root = mkdtempSync(join(tmpdir(), 'console-'));
  readonly problems: string[] = [];
  readonly #open = new Set<ServerConsole>();

  constructor() {
    onTestFinished(async () => {
      for (const console of this.#open) await console.close();
      rmSync(this.root, { recursive: true, force: true });
    });
  }

  historyFolder(serverId = 'server'): string {
    return join(this.root, 'history', serverId);
  }

  async open(options: Partial<ServerConsoleOptions> & { serverId?: string } = {}): Promise<ServerConsole> {
    const console = new ServerConsole({
      folder: this.historyFolder(options.serverId),
      onProblem: (message) => this.problems.push(message),
      ...options,
    });
    this.#open.add(console);
    await console.open();
    return console;
  }

  /** The spool of a start, both files empty. */
  run(startId = 'start', serverId = 'server'): RunFolder {
    const folder = new RunFolder(join(this.root, 'run'), serverId, startId);
    mkdirSync(folder.path, { recursive: true });
    for (const path of [folder.stdout, folder.stderr]) appendFileSync(path, '');
    return folder;
  }
}

/** Everything in a console, page by page. */
export async function allLines(console: ServerConsole): Promise<ConsoleLine[]> {
  const lines: ConsoleLine[] = [];
  for (let after = 0; ; ) {
    const page = await console.read({ after, limit: 1000 });
    lines.push(...page.lines);
    if (!page.more) return lines;
    after = page.nextSeq;
  }
}

export function texts(lines: readonly ConsoleLine[]): string[] {
  return lines.map(({ text }) => text);
}
