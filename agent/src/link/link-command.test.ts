import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { toDeploymentToken } from '@catalyst/shared/node/deployment-token';
import { fingerprintOf } from '@catalyst/shared/node/key-fingerprint';
import { describe, expect, it } from 'vitest';
import { DataFolder } from '../data-folder.ts';
import { FakePanel } from '../testing/fake-panel.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { testAgent } from '../testing/test-agent.ts';
import { runLinkCommand } from './link-command.ts';

async function link(token: string, options: { folder?: DataFolder; args?: string[] } = {}) {
  const folder = options.folder ?? new DataFolder(temporaryFolder());
  const input = new PassThrough();
  input.end(token);
  const output = new PassThrough();
  await runLinkCommand(options.args ?? [], folder, { input: input as never, output });
  return { folder, printed: String(output.read()) };
}

describe('link', () => {
  it('enrols with a token from standard input, and the agent finds its panel', async () => {
    const panel = await FakePanel.open({ tls: true });
    const token = panel.token();
    const { folder, printed } = await link(`${token}\n`);
    expect(printed).toContain(`Fingerprint of this agent: ${fingerprintOf(panel.agentKey as string)}`);
    const file = readFileSync(folder.link, 'utf8');
    expect(file).not.toContain(panel.shown[0]);
    expect(JSON.parse(file)).toEqual(panel.link());
    expect(statSync(folder.link).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder.identity, 'agent-key.pem')).mode & 0o777).toBe(0o600);
    await testAgent(null, { dataDir: join(folder.path, '..') });
    await panel.connected();
    expect(panel.shown).toHaveLength(1);
  });

  it('takes the token from a file', async () => {
    const panel = await FakePanel.open();
    const path = join(temporaryFolder(), 'token');
    writeFileSync(path, panel.token());
    await link('', { args: ['--token-file', path] });
    expect(panel.agentKey).not.toBeNull();
  });

  it('refuses a token among the arguments, where every user can read it', async () => {
    const panel = await FakePanel.open();
    await expect(link('', { args: [panel.token()] })).rejects.toThrow('Usage: link');
    expect(panel.hellos).toEqual([]);
  });

  it('is refused with a used token, and keeps the link there was', async () => {
    const panel = await FakePanel.open();
    const token = panel.token();
    const { folder } = await link(token);
    const before = readFileSync(folder.link, 'utf8');
    panel.agentKey = null;
    await expect(link(token, { folder })).rejects.toThrow('Not linked. The deployment token is used');
    expect(readFileSync(folder.link, 'utf8')).toBe(before);
  });

  it('shows the secret to nobody but the panel of the token', async () => {
    const panel = await FakePanel.open({ tls: true });
    const imposter = await FakePanel.open({ tls: true, like: panel });
    const token = toDeploymentToken({ ...panel.pairing(), panelUrl: imposter.url });
    const folder = new DataFolder(temporaryFolder());
    await expect(link(token, { folder })).rejects.toThrow('shows another TLS key');
    expect(imposter.hellos).toEqual([]);
    expect(existsSync(folder.link)).toBe(false);
  });

  it('says when nobody answers at the address of the token', async () => {
    const panel = await FakePanel.open();
    const token = panel.token();
    await panel.close();
    await expect(link(token)).rejects.toThrow(`The panel at 127.0.0.1:${panel.port} cannot be reached`);
  });

  it.each([
    ['nothing', '', 'No token was given'],
    ['something else', 'hunter2 hunter2', 'This is not a deployment token'],
    ['half a token', 'ctl_eyJ1cmwiOiJodH', 'This deployment token is incomplete'],
    ['a token of no object', `ctl_${Buffer.from('null').toString('base64url')}`, 'incomplete'],
  ])('says what is wrong with %s', async (_what, token, message) => {
    await expect(link(token)).rejects.toThrow(message);
  });

  it('refuses a panel elsewhere without TLS', async () => {
    const panel = await FakePanel.open();
    const token = toDeploymentToken({ ...panel.pairing(), panelUrl: 'http://192.0.2.1' });
    await expect(link(token)).rejects.toThrow('must be https, except on this machine');
  });
});
