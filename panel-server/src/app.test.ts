import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ask } from './testing/ask.ts';
import { password, testDatabases, testPanel } from './testing/test-panel.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

describe('the program', () => {
  const run = (environment: Record<string, string>) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'catalyst-main-'));
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, CATALYST_DATA_DIR: dataDir, CATALYST_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += chunk));
    child.stderr.on('data', (chunk) => (output.stderr += chunk));
    return { child, dataDir, output, exited: once(child, 'exit') };
  };

  it('prints where to begin, writes its port down, and ends cleanly when asked to', async () => {
    const { child, dataDir, output, exited } = run({});
    const portFile = join(dataDir, 'run', 'port');
    await expect.poll(() => output.stdout, { timeout: 20_000 }).toContain('/setup#');
    const port = readFileSync(portFile, 'utf8').trim();
    expect(output.stdout).toMatch(
      new RegExp(`^Catalyst: .* http://127\\.0\\.0\\.1:${port}/setup#[\\w-]{24}\\n$`),
    );
    expect((await ask({ url: `http://127.0.0.1:${port}` }, '/health')).body).toEqual({ status: 'ok' });
    for (const line of output.stderr.trim().split('\n')) expect(JSON.parse(line).msg).toBeDefined();
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(existsSync(portFile)).toBe(false);
    rmSync(dataDir, { recursive: true });
  });

  it('says in a sentence why it cannot start', async () => {
    const { dataDir, output, exited } = run({ CATALYST_PORT: 'eighty' });
    expect(await exited).toEqual([1, null]);
    expect(output.stderr).toMatch(/^Catalyst cannot start\. CATALYST_PORT: /);
    expect(output.stderr).not.toContain('    at ');
    rmSync(dataDir, { recursive: true });
  });
});

describe.each(testDatabases)('a panel on %s', (database) => {
  it('says over /health when it is ready, and when it no longer is', async () => {
    const test = await testPanel({ database });
    const health = () => ask(test, '/health');
    expect((await health()).body).toEqual({ status: 'ok' });
    test.panel.core.readiness.setStarted(false);
    const { status, body } = await health();
    expect([status, body.error.code]).toEqual([503, 'unavailable']);
    test.panel.core.readiness.setStarted(true);
    expect((await health()).status).toBe(200);
    await test.close();
  });

  it('writes no secret to its log, at the finest level', async () => {
    const test = await testPanel({ database });
    const canary = 'canary-Zx81';
    const token = `${canary}${'x'.repeat(43 - canary.length)}`;
    const post = (path: string, body: unknown, headers = {}) => ask(test, path, { body, headers });
    await post('/api/auth/login', { email: 'admin@example.com', password: canary });
    await post('/api/auth/login', { email: 'admin@example.com', password: `${canary}\0` });
    await post('/api/auth/login', `{"password":"${canary}`);
    await post('/api/setup', { code: canary, email: 'a@example.com', password: canary, name: 'a' });
    await ask(test, '/api/auth/me', { token, cookie: `catalyst=${token}` });
    await ask(test, `/api/data/${token}`, { method: 'POST' });
    await ask(test, `/api/auth/me?token=${canary}`);
    const { token: session } = await test.anonymous.sessions.login({
      body: { email: 'admin@example.com', password },
    });
    await test.panel.core.database.query('ALTER TABLE sessions RENAME TO away');
    expect((await post('/api/auth/login', { email: 'admin@example.com', password })).status).toBe(500);
    await test.panel.core.database.query('ALTER TABLE away RENAME TO sessions');
    test.panel.core.log.info(
      { body: { password: canary, nested: { token: canary } }, authorization: canary },
      'x',
    );
    expect(test.logText()).toContain('Request failed');
    for (const secret of [canary, session, password]) expect(test.logText()).not.toContain(secret);
    const audit = await test.panel.core.database.query('SELECT * FROM audit_entries');
    for (const secret of [canary, session, password]) expect(JSON.stringify(audit)).not.toContain(secret);
    await test.close();
  });
});

it('refuses a data folder that cannot be one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalyst-file-'));
  writeFileSync(join(folder, 'file'), '');
  const starting = testPanel({ environment: { CATALYST_DATA_DIR: join(folder, 'file') } });
  await expect(starting).rejects.toThrow('cannot be used');
  rmSync(folder, { recursive: true });
});

it('refuses a port that is taken', async () => {
  const test = await testPanel();
  const starting = testPanel({ environment: { CATALYST_PORT: String(test.port) } });
  await expect(starting).rejects.toThrow(
    'another program uses it, perhaps Catalyst itself. Set CATALYST_PORT',
  );
  await test.close();
});
