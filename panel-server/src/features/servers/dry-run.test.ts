import { Template } from '@catalyst/shared/features/templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, newServer } from '../../testing/test-servers.ts';
import { testTemplate } from '../../testing/test-template.ts';
import { Templates } from '../templates/templates.service.ts';

const withSecret = Template.parse({
  ...testTemplate,
  startup: { argv: ['game', '--title', '{{TITLE}}', '--password', '{{PASSWORD}}', '{{LICENCE}}'] },
  configFiles: [{ path: 'game.ini', parser: 'ini', find: { password: '{{env.PASSWORD}}' } }],
});
const withLine = Template.parse({
  ...withSecret,
  id: 'line-game',
  startup: { shell: { Usual: './game {{TITLE}} {{PASSWORD}} {{OTHER}}' } },
});

describe.each(testDatabases)('what a start would do on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: new Templates([withSecret, withLine]) } });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  const environment = { TITLE: "Ann's server", PASSWORD: 'correct horse' };
  const made = async (templateId = 'test-game') => {
    const server = await installedServer(panel.admin, agent, newServer(agent, { templateId, environment }));
    return { params: { id: server.id } };
  };

  it('is its command, its environment and its files, and no secret is in any of it', async () => {
    const answer = await panel.admin.api.servers.dryRun(await made());
    expect(answer.command).toBe("game --title 'Ann'\\''s server' --password '•••' free");
    expect(answer.environment).toMatchObject({ TITLE: "Ann's server", PASSWORD: '•••', LICENCE: 'free' });
    expect(answer.configFiles).toMatchObject([{ path: 'game.ini', outcome: 'created' }]);
    expect(JSON.stringify(answer)).not.toContain('correct horse');
  });

  it('has a line filled in as the shell that reads it would', async () => {
    const { command } = await panel.admin.api.servers.dryRun(await made('line-game'));
    expect(command).toBe("./game Ann's server ••• {{OTHER}}");
  });

  it('shows an owner nothing of the variables that he may not see', async () => {
    const owner = await panel.createUser('owner');
    const server = await made();
    await panel.admin.api.subusers.transferOwnership({ ...server, body: { userId: owner.userId } });
    const answer = await owner.api.servers.dryRun(server);
    expect(answer.environment).toMatchObject({ TITLE: "Ann's server", LICENCE: '•••' });
    expect(answer.command).toMatch(/ '•••'$/);
  });

  it('is told without the files while the node is away', async () => {
    const server = await made();
    agent.disconnect();
    expect(await panel.admin.api.servers.dryRun(server)).toMatchObject({
      command: expect.stringMatching(/^game/),
      configFiles: null,
    });
    await agent.connect();
  });
});
