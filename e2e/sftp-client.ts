import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Outcome {
  code: number;
  output: string;
}

interface Target {
  port: number;
  user: string;
  /** What to answer when a password is asked for; none for keys. */
  password?: string;
}

/** OpenSSH's own programs, each with a home of its own, so that nobody's settings, agent and known hosts count. */
export class SftpClient {
  /** Until a program is ended. */
  timeoutMs = 30_000;
  readonly #folder: string;
  readonly #target: Target;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #options: string[];

  constructor(folder: string, target: Target, options: string[] = []) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#target = target;
    const askPass = join(folder, 'ask-pass');
    writeFileSync(askPass, '#!/bin/sh\nprintf "%s\\n" "$SFTP_TEST_PASSWORD"\n', { mode: 0o700 });
    this.#environment = {
      ...{ PATH: process.env.PATH, HOME: folder, SSH_ASKPASS: askPass, SSH_ASKPASS_REQUIRE: 'force' },
      SFTP_TEST_PASSWORD: target.password ?? '',
    };
    this.#options = [
      ...['-F', '/dev/null', '-o', `Port=${target.port}`, '-o', `UserKnownHostsFile=${folder}/known_hosts`],
      ...[
        '-o',
        'StrictHostKeyChecking=accept-new',
        '-o',
        'NumberOfPasswordPrompts=1',
        '-o',
        'LogLevel=ERROR',
      ],
      ...(target.password === undefined
        ? ['-o', 'PasswordAuthentication=no']
        : ['-o', 'PubkeyAuthentication=no']),
      ...options,
    ];
  }

  get remote(): string {
    return `${this.#target.user}@127.0.0.1`;
  }

  /** `sftp` with these lines as its batch. */
  sftp(lines: readonly (string | Buffer)[], options: string[] = []): Promise<Outcome> {
    const batch = join(this.#folder, 'batch');
    writeFileSync(batch, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
    // Given before `-b`, which else forbids to ask for a password.
    const asks = ['-o', 'BatchMode=no', '-b', batch];
    return this.run('sftp', [...this.#options, ...options, ...asks, this.remote]);
  }

  /** `sftp` that goes on as long as its input does. */
  open(): ChildProcess {
    const options = [...this.#options, '-o', 'BatchMode=no', '-b', '-', this.remote];
    return spawn('sftp', options, { env: this.#environment, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  scp(parameters: string[]): Promise<Outcome> {
    return this.run('scp', ['-q', ...this.#options, ...parameters]);
  }

  ssh(parameters: string[], options: string[] = []): Promise<Outcome> {
    return this.run('ssh', [...this.#options, ...options, this.remote, ...parameters]);
  }

  run(program: string, parameters: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { env: this.#environment, cwd: this.#folder, timeout: this.timeoutMs };
      const child = execFile(program, parameters, options, (error, stdout, stderr) => {
        resolve({ code: error ? (child.exitCode ?? 255) : 0, output: `${stdout}${stderr}` });
      });
      child.stdin?.end();
    });
  }
}
