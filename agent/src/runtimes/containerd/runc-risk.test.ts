import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeUnless, notLinux } from '../../testing/describe-unless.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { RuncRisk } from './runc-risk.ts';

describeUnless(notLinux, 'the risk of a runc', () => {
  function machine() {
    const folders = temporaryFolder();
    const changelog = join(folders, 'changelog.gz');
    return {
      risk: new RuncRisk({ folders, changelog }),
      timesAsked: () => readFileSync(join(folders, 'calls'), 'utf8').split('\n').length - 1,
      install(script: string, changes = '') {
        writeFileSync(changelog, gzipSync(changes));
        writeFileSync(join(folders, 'runc'), `#!/bin/sh\necho asked >>${folders}/calls\n${script}\n`);
        chmodSync(join(folders, 'runc'), 0o755);
      },
    };
  }

  it('is told in a sentence, and is gone with an update', async () => {
    const { risk, install, timesAsked } = machine();
    install('echo runc version 1.1.13');
    const sentence = await risk.look();
    expect(sentence).toMatch(
      /^runc 1\.1\.13 is older than .* CVE-2025-31133, CVE-2025-52565, and CVE-2025-52881,/,
    );
    expect(await risk.look()).toBe(sentence);
    expect(timesAsked()).toBe(1);
    install('echo runc version 1.2.8');
    expect(await risk.look()).toBeNull();
  });

  it('is none where the distribution closed the ways out', async () => {
    const { risk, install } = machine();
    const closed = 'CVE-2024-21626, CVE-2025-31133, CVE-2025-52565, CVE-2025-52881';
    install('echo runc version 1.1.5+ds1', `runc (1.1.5+ds1-1+deb12u2) bookworm-security\n  * ${closed}\n`);
    expect(await risk.look()).toBeNull();
  });

  it('is not known without a runc that works', async () => {
    const { risk, install } = machine();
    expect(await risk.look()).toBeNull();
    install('exit 1');
    expect(await risk.look()).toBeNull();
  });
});
