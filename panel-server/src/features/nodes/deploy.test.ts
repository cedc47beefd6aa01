import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDeploymentToken } from '@catalyst/shared/node/deployment-token';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { installCommand } from './deploy-command.ts';
import { installScript } from './deploy-script.ts';
import { DeploymentTokenEntity } from './deployment-token.entity.ts';

const installers = fileURLToPath(new URL('../../../../installers/linux/', import.meta.url));
const isLinux = process.platform === 'linux';

let agentFolder: string;
beforeAll(async () => {
  agentFolder = await mkdtemp(join(tmpdir(), 'catalyst-built-agent-'));
  // An agent that ends at once.
  await writeFile(join(agentFolder, 'main.js'), '// nothing to do\n');
  await mkdir(join(agentFolder, 'node'));
  await writeFile(join(agentFolder, 'node', 'node'), 'stands for the one that weighs 120 MB');
  for (const name of ['install-agent.sh', 'catalyst-agent.sh', 'catalyst-agent.service']) {
    await copyFile(join(installers, name), join(agentFolder, name));
  }
});
afterAll(() => rm(agentFolder, { recursive: true }));

describe.runIf(isLinux).each(testDatabases)(
  'the install command on %s (skipped but on Linux)',
  (database) => {
    let panel: TestPanel;
    let count = 0;

    beforeAll(async () => {
      panel = await testPanel({
        database,
        environment: { CATALYST_AGENT_ENTRY: join(agentFolder, 'main.js') },
      });
    });
    afterAll(() => panel.close());

    const issue = async (id?: string) => {
      const body = { name: `machine ${++count}`, publicAddress: '192.0.2.7' };
      const nodeId = id ?? (await panel.admin.api.nodes.create({ body })).id;
      const issued = await panel.admin.api.nodes.deploymentToken({ params: { id: nodeId } });
      const [, code = ''] = /\/api\/deploy\/([\w-]+)\)? /.exec(issued.installCommand ?? '') ?? [];
      expect(code).toHaveLength(43);
      return { ...issued, nodeId, code };
    };
    const fetchScript = (code: string) => ask(panel, `/api/deploy/${code}`);
    const settingsOf = (script: string) =>
      Object.fromEntries([...script.matchAll(/^(\w+)='([^']*)'$/gm)].map(([, name, value]) => [name, value]));
    const install = async (id?: string) => {
      const issued = await issue(id);
      const { status, text } = await fetchScript(issued.code);
      expect(status).toBe(200);
      return { ...issued, secret: settingsOf(text).install_secret as string };
    };
    const enrol = (secret: string) => ask(panel, '/api/deploy/enrolment', { body: { secret } });
    const download = (secret: string) => ask(panel, '/api/deploy/package', { body: { secret } });
    const codeOf = (promise: Promise<unknown>) =>
      promise.then(
        () => 'ok',
        (error) => error.code,
      );

    it('links an agent: code, script, package and enrolment secret, each to be had with the one before', async () => {
      const { code, nodeId, panelUrl, token } = await issue();
      expect(panelUrl).toBe(panel.url);
      const script = await fetchScript(code);
      expect(script.headers.get('content-type')).toBe('text/x-shellscript; charset=utf-8');
      expect(script.headers.get('cache-control')).toBe('no-store');
      const settings = settingsOf(script.text);
      expect(settings).toMatchObject({ panel_url: panel.url, node_id: nodeId, panel_pin: '' });
      expect(settings.panel_key).toBe(parseDeploymentToken(token).panelKey);
      execFileSync('sh', ['-n'], { input: script.text });

      const response = await fetch(`${panel.url}/api/deploy/package`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ secret: settings.install_secret }),
      });
      const archive = Buffer.from(await response.arrayBuffer());
      expect(hash('sha256', archive)).toBe(settings.package_sha256);
      const listing = execFileSync('tar', ['-tvz'], { input: archive }).toString();
      expect(listing).toMatch(/-rwxr-xr-x 0\/0 .* bin\/node$/m);
      expect(listing).toMatch(/-rw-r--r-- .* main\.js$/m);

      const enrolment = await enrol(settings.install_secret as string);
      expect(enrolment.status).toBe(200);
      const agent = new FakeAgent(parseDeploymentToken(enrolment.body.token));
      await agent.connect();
      expect((await panel.admin.api.nodes.get({ params: { id: nodeId } })).status).toBe('online');
      agent.disconnect();
    });

    it('gives each of 20 at once the script, and the enrolment secret, once', async () => {
      const { code } = await issue();
      const scripts = await Promise.all(Array.from({ length: 20 }, () => fetchScript(code)));
      expect(scripts.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(404)]);
      const secret = settingsOf(scripts.find(({ status }) => status === 200)?.text ?? '')
        .install_secret as string;
      const enrolments = await Promise.all(Array.from({ length: 20 }, () => enrol(secret)));
      expect(enrolments.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(404)]);
      expect((await download(secret)).status).toBe(404);
    });

    it('says the same of a used, an expired, an ended and an unknown code, also after a restart', async () => {
      const used = await install();
      const expired = await issue();
      const ended = await issue();
      await issue(ended.nodeId);
      await panel.panel.core.database
        .getRepository(DeploymentTokenEntity)
        .update({ nodeId: expired.nodeId }, { expiresAt: new Date(Date.now() - 1) });
      await panel.restart();
      const answers = await Promise.all(
        [used.code, expired.code, ended.code, 'a'.repeat(43), '%00', 'x', 'package'].map(fetchScript),
      );
      for (const { status, body } of answers) {
        const { requestId: _, ...said } = body.error;
        expect(status).toBe(404);
        expect(said).toEqual({
          code: 'not_found',
          message: 'This install command is used, expired or unknown. Make a new one in the panel',
        });
      }
      expect((await enrol(used.secret)).status).toBe(200);
    });

    it('keeps each secret to what it is for', async () => {
      const { code, token } = await issue();
      const enrolmentSecret = parseDeploymentToken(token).secret;
      for (const wrong of [code, enrolmentSecret]) {
        expect((await enrol(wrong)).status).toBe(404);
        expect((await download(wrong)).status).toBe(404);
      }
      expect((await fetchScript(enrolmentSecret)).status).toBe(404);
      const { secret, token: other } = await install();
      expect((await fetchScript(secret)).status).toBe(404);
      for (const wrong of [code, secret]) {
        const agent = new FakeAgent({ ...parseDeploymentToken(other), secret: wrong });
        expect(await codeOf(agent.connect())).not.toBe('ok');
      }
      expect((await enrol(secret)).status).toBe(200);
    });

    it('is one of two ways to one link: whichever is used ends the other', async () => {
      const byCommand = await install();
      expect((await enrol(byCommand.secret)).status).toBe(200);
      expect(await codeOf(new FakeAgent(parseDeploymentToken(byCommand.token)).connect())).not.toBe('ok');

      const byHand = await issue();
      const half = await install();
      for (const { token } of [byHand, half]) {
        const agent = new FakeAgent(parseDeploymentToken(token));
        await agent.connect();
        agent.disconnect();
      }
      expect((await fetchScript(byHand.code)).status).toBe(404);
      expect((await enrol(half.secret)).status).toBe(404);
    });

    it('is not used up by those who only look', async () => {
      const { code } = await issue();
      expect((await ask(panel, `/api/deploy/${code}`, { method: 'HEAD' })).status).toBe(405);
      expect((await ask(panel, `/api/deploy/${code}`, { body: {} })).status).toBe(405);
      expect((await fetchScript(code)).status).toBe(200);
    });

    it('leaves entries in the audit log, and no secret there, in the log or in the database', async () => {
      const { code, nodeId, secret } = await install();
      await download(secret);
      const { body } = await enrol(secret);
      await fetchScript(code);
      const { database: source } = panel.panel.core;
      const entries = await source.getRepository(AuditEntryEntity).find({ order: { seq: 'DESC' }, take: 5 });
      expect(entries.map(({ action, outcome, targetId }) => [action, outcome, targetId])).toEqual([
        ['node.install-script', 'failure', null],
        ['node.install-enrolment', 'success', nodeId],
        ['node.install-package', 'success', nodeId],
        ['node.install-script', 'success', nodeId],
        ['node.deployment-token', 'success', nodeId],
      ]);
      const kept =
        JSON.stringify(await source.getRepository(AuditEntryEntity).find()) +
        JSON.stringify(await source.getRepository(DeploymentTokenEntity).find()) +
        panel.logText();
      for (const canary of [code, secret, parseDeploymentToken(body.token).secret]) {
        expect(kept).not.toContain(canary);
      }
    });

    it('refuses a host that no panel is called by, rather than to write it into a script', async () => {
      const { code } = await issue();
      const status = await new Promise((resolve, reject) => {
        const headers = { host: "x';reboot;'" };
        request(`${panel.url}/api/deploy/${code}`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(400);
    });
  },
);

describe('the install command', () => {
  const tlsPin = Buffer.alloc(32, 255).toString('base64url');

  it('names the key of a panel that has a certificate of its own', () => {
    const command = installCommand({ panelUrl: 'https://192.0.2.1:3000', tlsPin }, 'CODE');
    const pin = Buffer.alloc(32, 255).toString('base64');
    expect(command).toContain(
      `curl -fsS -k --pinnedpubkey 'sha256//${pin}' https://192.0.2.1:3000/api/deploy/CODE `,
    );
    expect(command).toMatch(/\| sudo sh$/);
    const withAuthority = installCommand({ panelUrl: 'https://panel.example.com', tlsPin: null }, 'CODE');
    expect(withAuthority).toContain('curl -fsS https://panel.example.com/api/deploy/CODE ');
  });

  it('does not exist where a panel has no agent to hand out, or is reached in the clear', async () => {
    const plain = 'http://panel.example.com';
    const environments: Record<string, string>[] = [
      {},
      { CATALYST_AGENT_ENTRY: join(agentFolder, 'main.js'), CATALYST_PUBLIC_URL: plain },
    ];
    for (const environment of environments) {
      const panel = await testPanel({ environment });
      const { id } = await panel.admin.api.nodes.create({ body: { name: 'x', publicAddress: 'a' } });
      const issued = await panel.admin.api.nodes.deploymentToken({ params: { id } });
      expect(issued).toMatchObject({ installCommand: null, token: expect.stringMatching(/^ctl_/) });
      await panel.close();
    }
  });

  it('becomes a script in which a value is a value, whatever is in it', () => {
    const template = '# The panel writes here.\npanel_url=\n# Until here.\nprintf %s "$install_secret"';
    const secret = '\'; echo $(id) `id` "\\ $&';
    const pairing = { panelUrl: 'https://p', nodeId: 'n', panelKey: 'k', tlsPin, secret };
    const script = installScript(template, pairing, { machine: 'x86_64', sha256: 's' });
    expect(execFileSync('sh', { input: script }).toString()).toBe(secret);
    expect(() => installScript('echo', pairing, { machine: '', sha256: '' })).toThrow('no place');
  });
});
