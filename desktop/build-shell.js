import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'rolldown';

const source = join(import.meta.dirname, 'src');
const dist = join(import.meta.dirname, 'dist');

/**
 * Bundles the main process, the preload script and the status page. Only `electron` stays an import; nothing of
 * node_modules has to be shipped. A sandboxed preload must be one CommonJS file.
 */
export async function buildShell() {
  const shared = { external: ['electron'], logLevel: 'warn' };
  await build({
    ...shared,
    input: join(source, 'main', 'main.ts'),
    platform: 'node',
    output: { file: join(dist, 'main', 'main.js'), format: 'esm', sourcemap: true, cleanDir: true },
  });
  await build({
    ...shared,
    input: join(source, 'preload', 'preload.ts'),
    platform: 'browser',
    output: { file: join(dist, 'preload', 'preload.cjs'), format: 'cjs', cleanDir: true },
  });
  const statusPage = join(dist, 'main', 'status-page');
  await build({
    ...shared,
    input: join(source, 'main', 'status-page', 'status.ts'),
    platform: 'browser',
    output: { file: join(statusPage, 'status.js'), format: 'iife' },
  });
  for (const name of ['status.html', 'status.css']) {
    await copyFile(join(source, 'main', 'status-page', name), join(statusPage, name));
  }
}
