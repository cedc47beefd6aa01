import { type ChildProcess, spawn } from 'node:child_process';
import { tetherArguments } from './panel-tether.ts';

export interface PanelCommand {
  nodePath: string;
  entry: string;
  environment: Record<string, string>;
  workingDirectory: string;
}

/** One run of the panel. */
export interface PanelProcess {
  readonly pid: number | undefined;
  /** Resolves, never rejects, with a sentence when the process is gone or could not be started. */
  readonly ended: Promise<string>;
  /** Asks it to end, kills it after `limitMs`, and resolves when it is gone. */
  end(limitMs: number): Promise<void>;
}

/** After its exit, what still sits in the pipes is read; a grandchild that inherited them must not hold us up. */
const drainLimitMs = 1000;

export function startPanel(command: PanelCommand, onOutput: (chunk: Uint8Array) => void): PanelProcess {
  const child = spawn(command.nodePath, [...tetherArguments(process.pid), command.entry], {
    env: command.environment,
    cwd: command.workingDirectory,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  child.stdout.on('data', onOutput);
  child.stderr.on('data', onOutput);
  // It may end before it takes what we say; its exit tells the story.
  child.stdin.on('error', () => {});
  const ended = endOf(child);

  return {
    pid: child.pid,
    ended,
    async end(limitMs) {
      // One request, not two: a program may take a second one for a wish to end at once.
      if (process.platform === 'win32') child.stdin.end();
      else child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      await ended;
      clearTimeout(killer);
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`The panel could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const reason = signal ? `The panel was ended by ${signal}` : `The panel ended with exit code ${code}`;
      const drained = setTimeout(() => resolve(reason), drainLimitMs);
      child.once('close', () => {
        clearTimeout(drained);
        resolve(reason);
      });
    });
  });
}
