import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** An app that starts a panel the way ours does and tells its pid. */
const app = (panelEntry: string, folder: string) => `
import { startPanel } from ${JSON.stringify(new URL('./panel-process.ts', import.meta.url).href)};
const panel = startPanel({
  nodePath: process.execPath,
  entry: ${JSON.stringify(panelEntry)},
  environment: { CATALYST_DATA_DIR: ${JSON.stringify(folder)}, CATALYST_HOST: '127.0.0.1', CATALYST_PORT: '0' },
  workingDirectory: ${JSON.stringify(folder)},
}, () => {});
console.log(panel.pid);
`;

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panel-tether-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function startApp(panelEntry: string): Promise<{ child: ChildProcess; panelPid: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', app(panelEntry, folder)]);
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await vi.waitFor(() => expect(output).toMatch(/^[0-9]+\n/), { timeout: 20_000 });
  return { child, panelPid: Number(output) };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('ends the panel properly when the app is killed', async () => {
  const { child, panelPid } = await startApp(join(import.meta.dirname, 'testing', 'fake-panel.js'));
  await vi.waitFor(() => expect(existsSync(join(folder, 'run', 'port'))).toBe(true), { timeout: 20_000 });
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(panelPid)).toBe(false), { timeout: 20_000 });
  expect(readFileSync(join(folder, 'ended-cleanly'), 'utf8')).toBe(String(panelPid));
});

it('does not hold the workers and children of the panel', async () => {
  const entry = join(folder, 'forking-panel.mjs');
  writeFileSync(
    entry,
    `
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
if (process.argv[2] === 'child') setTimeout(() => writeFileSync('child-lived', ''), 200);
else {
  fork(process.argv[1], ['child'], { stdio: 'ignore' }).on('exit', (code) => writeFileSync('child-code', String(code)));
  new Worker("setTimeout(() => require('node:fs').writeFileSync('worker-lived', ''), 200)", { eval: true });
  setInterval(() => {}, 1000);
}
`,
  );
  await startApp(entry);
  await vi.waitFor(
    () => {
      for (const file of ['child-lived', 'child-code', 'worker-lived']) {
        expect(existsSync(join(folder, file)), file).toBe(true);
      }
    },
    { timeout: 20_000 },
  );
});
