import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigFile, ConfigParser } from '@catalyst/shared/features/config-files';
import { configPlaceholders } from '@catalyst/shared/features/config-placeholders';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeUnless } from '../testing/describe-unless.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { fillEdits } from './fill-edits.ts';
import { rewriteConfig } from './rewrite-config.ts';

/** The community's eggs, where they lie beside the repository. */
const eggs = resolve(import.meta.dirname, '../../../../shared/eggs');
const reason = existsSync(eggs) ? null : `no eggs in ${eggs}`;

describeUnless(reason, "the files of the community's eggs", () => {
  it('can all be written from nothing, and written again without a change', async () => {
    const counts = new Map<string, { files: number; places: number; skipped: number; unreadable: number }>();
    for (const { name, file } of configFilesIn(eggs)) {
      const count = counts.get(file.parser) ?? { files: 0, places: 0, skipped: 0, unreadable: 0 };
      counts.set(file.parser, count);
      const edits = fillEdits(file, placeholdersFor(file));
      count.files += 1;
      count.places += edits.length;
      const first = await rewriteConfig({ parser: file.parser, bytes: new Uint8Array(), edits });
      if ('unreadable' in first) {
        count.unreadable += 1;
        continue;
      }
      count.skipped += first.skipped.length;
      if (first.bytes === null) continue;
      const again = await rewriteConfig({ parser: file.parser, bytes: first.bytes, edits });
      const text = Buffer.from(first.bytes).toString();
      expect(again, `${name}: ${file.path}\n${text}`).toMatchObject({ bytes: null });
    }
    console.table(Object.fromEntries(counts));
    const total = [...counts.values()].reduce((sum, { files }) => sum + files, 0);
    expect(total).toBeGreaterThan(0);
    expect([...counts.values()].map(({ unreadable }) => unreadable)).toEqual([...counts.keys()].map(() => 0));
  });

  it('of lines change what they find, and nothing the second time', async () => {
    let changed = 0;
    for (const { name, file } of configFilesIn(eggs)) {
      if (file.parser !== 'file') continue;
      const lines = Object.keys(file.find).map((place) => `${place} old`);
      const edits = fillEdits(file, placeholdersFor(file));
      const bytes = Buffer.from(`# kept\n${lines.join('\n')}\n`);
      const first = await rewriteConfig({ parser: 'file', bytes, edits });
      if ('unreadable' in first || first.bytes === null) continue;
      changed += 1;
      const again = await rewriteConfig({ parser: 'file', bytes: first.bytes, edits });
      expect(again, `${name}: ${file.path}\n${Buffer.from(first.bytes)}`).toMatchObject({ bytes: null });
    }
    expect(changed).toBeGreaterThan(100);
  });
});

function placeholdersFor({ find }: ConfigFile) {
  const names = [...JSON.stringify(find).matchAll(/(?:env|environment)\.(\w+)\}\}/g)].map(
    ([, name]) => name as string,
  );
  const spec = fakeSpec([], {
    environment: Object.fromEntries(names.map((name, index) => [name, valueLike(index)])),
    ports: [{ name: 'game', ip: '0.0.0.0', port: 27015, protocol: 'both' }],
  });
  return configPlaceholders(spec, { interfaceAddress: '10.9.0.1' });
}

const valueLike = (index: number) =>
  ['A name, "quoted": #1', '42', 'true', '', 'Ünï 🎮', 'yes', '007', '1.5'][index % 8] as string;

function* configFilesIn(folder: string): Generator<{ name: string; file: ConfigFile }> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(json|ya?ml)$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const egg = entry.name.endsWith('.json') ? JSON.parse(text) : parse(text);
    const files = typeof egg?.config?.files === 'string' ? JSON.parse(egg.config.files) : egg?.config?.files;
    for (const [path, { parser, find }] of Object.entries<{ parser: string; find: unknown }>(files ?? {})) {
      const known = ConfigParser.parse(parser === 'yml' ? 'yaml' : parser);
      yield { name: entry.name, file: ConfigFile.parse({ path, parser: known, find }) };
    }
  }
}
