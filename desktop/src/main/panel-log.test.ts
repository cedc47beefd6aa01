import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPanelLog } from './panel-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'panel-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('goes on where the last run ended, for the user only', () => {
  const path = join(folder, 'logs', 'panel.log');
  for (const line of ['first\n', 'second\n']) {
    const log = openPanelLog(path);
    log.write(line);
    log.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('starts over when full and keeps one file before this one', () => {
  const path = join(folder, 'panel.log');
  const log = openPanelLog(path, { maxBytes: 100 });
  for (let index = 0; index < 50; index++) log.write(`line ${String(index).padStart(3, '0')}\n`);
  expect(readdirSync(folder).sort()).toEqual(['panel.log', 'panel.log.1']);
  expect(statSync(path).size).toBeLessThanOrEqual(100);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100);
  expect(log.lastLines()).toMatch(/line 049$/);
  expect(readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8')).toMatch(
    /line 040\n(.|\n)*line 049\n$/,
  );
  log.close();
});

it('shows whole last lines, not too many, without the set-up code', () => {
  const log = openPanelLog(join(folder, 'panel.log'));
  expect(log.lastLines()).toBe('');
  for (let index = 0; index < 2000; index++) log.write(`line ${index}\n`);
  log.write('Catalyst is ready at http://127.0.0.1:4100/setup#s3cret-Code_1\n');
  const lines = log.lastLines().split('\n');
  expect(lines).toHaveLength(40);
  expect(lines[0]).toBe('line 1961');
  expect(lines.at(-1)).toBe('Catalyst is ready at http://127.0.0.1:4100/setup#…');
  log.write(`${'x'.repeat(100_000)}\nend`);
  expect(log.lastLines()).toBe('end');
  log.write('y'.repeat(100_000));
  expect(log.lastLines()).toMatch(/^y+$/);
  log.close();
});
