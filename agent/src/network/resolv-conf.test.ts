import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { serverResolution } from './resolv-conf.ts';

function files(...contents: string[]): string[] {
  const folder = temporaryFolder();
  return contents.map((content, index) => {
    const path = join(folder, String(index));
    writeFileSync(path, content);
    return path;
  });
}

it("gives servers the machine's name servers and search domains", async () => {
  const host = files(
    '# by hand\nnameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example.org\noptions ndots:2\n',
  );
  expect((await serverResolution(false, { files: host })).text).toBe(
    'nameserver 192.0.2.53\nsearch example.org\noptions ndots:2\n',
  );
  expect((await serverResolution(true, { files: host })).nameServers).toEqual(['192.0.2.53', '2001:db8::53']);
});

it('asks behind the stub of systemd-resolved, which servers cannot reach', async () => {
  const both = files('nameserver 127.0.0.53\nsearch a\n', 'nameserver 192.0.2.53\nsearch b\n');
  expect((await serverResolution(false, { files: both })).text).toBe('nameserver 192.0.2.53\nsearch b\n');
});

it('asks nobody the admin did not choose', async () => {
  const stub = files('nameserver 127.0.0.1\nnameserver not-an-address\nnameserver ::1\n');
  expect(await serverResolution(true, { files: [...stub, '/nowhere'] })).toEqual({
    text: '',
    nameServers: [],
  });
  const set = await serverResolution(false, { nameServers: ['192.0.2.9', 'x; y'], files: stub });
  expect(set.text).toBe('nameserver 192.0.2.9\n');
});
