import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from '@catalyst/shared/api';
import { type ApiClient, createApiClient } from '@catalyst/shared/contract/client';

export const admin = { email: 'admin@example.com', password: 'correct horse battery' };

export interface BenchPanel extends AsyncDisposable {
  port: number;
  pid: number;
  /** Of the administrator. */
  token: string;
  client: ApiClient<typeof api>;
}

/** The built panel in a process of its own, on a folder that is gone with it unless one is given. */
export async function startBenchPanel(
  environment: Record<string, string> = {},
  folder?: string,
): Promise<BenchPanel> {
  const dataDir = folder ?? (await makeDataDir());
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const panel = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...environmentOf(dataDir), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = async () => {
    panel.kill('SIGTERM');
    if (panel.exitCode === null) await once(panel, 'exit');
    if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await Promise.race([once(panel.stdout, 'data'), once(panel, 'exit').then(refuse)]);
    const port = Number(await readFile(join(dataDir, 'run', 'port'), 'utf8'));
    const baseUrl = `http://127.0.0.1:${port}`;
    const { token } = await createApiClient(api, { baseUrl }).sessions.login({ body: admin });
    const client = createApiClient(api, { baseUrl, token: () => token });
    return { port, pid: panel.pid as number, token, client, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

export async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'catalyst-bench-'));
  await chmod(dataDir, 0o711);
  return dataDir;
}

export function environmentOf(dataDir: string): Record<string, string> {
  return {
    CATALYST_DATA_DIR: dataDir,
    CATALYST_PORT: '0',
    CATALYST_LOG_LEVEL: 'warn',
    CATALYST_ADMIN_EMAIL: admin.email,
    CATALYST_ADMIN_PASSWORD: admin.password,
  };
}

function refuse(): never {
  throw new Error('The panel ended before it was ready');
}
