import { bytesField, uint8, uint32 } from '@catalyst/shared/node/sftp/fields';
import { frameOf } from '@catalyst/shared/node/sftp/frames';
import { packetType } from '@catalyst/shared/node/sftp/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { agreeToSftp } from '../../testing/fake-sftp.ts';
import { SftpVisitor } from '../../testing/sftp-visitor.ts';
import { password, type TestPanel, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { SessionEntity } from '../sessions/session.entity.ts';

let test: TestPanel;
let agent: FakeAgent;
let serverId: string;
let asked: number[];
let port: number;

beforeAll(async () => {
  test = await testPanel();
  agent = await FakeAgent.linked(test);
  serverId = (await installedServer(test.admin, agent)).id;
  asked = agreeToSftp(agent, [packetType.remove]);
  port = (await test.admin.api.sftp.get({ params: { id: serverId } })).port as number;
});
afterAll(async () => {
  agent?.disconnect();
  await test?.close();
});

type FileRight = 'file.read' | 'file.write' | 'file.delete';

async function session(name: string, permissions: FileRight[]): Promise<SftpVisitor> {
  await test.createUser(name, await roleWith(test, ['server.read', ...permissions]));
  const visitor = await SftpVisitor.connect(port, { user: `${name}.${serverId}`, password });
  await visitor?.begin();
  return visitor as SftpVisitor;
}

const request = (type: number, id: number, path: string) =>
  frameOf(uint8(type), uint32(id), bytesField(Buffer.from(path)), uint32(0));

const entriesOf = (actorName: string, action: string) =>
  test.panel.core.database
    .getRepository(AuditEntryEntity)
    .find({ where: { actorName, action }, order: { seq: 'ASC' } });

it('writes down each request, also of who gives two the same number', async () => {
  const twin = await session('twin', ['file.write']);
  twin.send(Buffer.concat(['a', 'b'].map((path) => request(packetType.mkdir, 7, path))));
  await twin.next();
  await twin.next();
  await vi.waitFor(async () =>
    expect(await entriesOf('twin', 'file.create')).toMatchObject([
      { outcome: 'success', details: { path: 'a' } },
      { outcome: 'success', details: { path: 'b' } },
    ]),
  );
  twin.end();
});

it('writes down what had no answer yet when the session ended', async () => {
  const hasty = await session('hasty', ['file.delete']);
  hasty.send(request(packetType.remove, 7, 'gone'));
  await vi.waitFor(() => expect(asked).toContain(packetType.remove));
  hasty.end();
  await vi.waitFor(async () =>
    expect(await entriesOf('hasty', 'file.delete')).toMatchObject([
      { outcome: 'failure', errorCode: 'unavailable', details: { path: 'gone' } },
    ]),
  );
});

it('writes down a refusal that comes again at once in one entry, with how many they were', async () => {
  const stubborn = await session('stubborn', ['file.read']);
  stubborn.send(Buffer.concat([1, 2, 3].map((id) => request(packetType.mkdir, id, 'no'))));
  for (let answers = 0; answers < 3; answers++) await stubborn.next();
  stubborn.end();
  await vi.waitFor(async () =>
    expect(await entriesOf('stubborn', 'file.create')).toMatchObject([
      { outcome: 'failure', errorCode: 'forbidden', details: { path: 'no', count: 3 } },
    ]),
  );
});

it('ends with the session that its token was made in', async () => {
  const brief = await test.createUser('brief', await roleWith(test, ['server.read', 'file.read']));
  const { token } = await brief.api.sftp.makeToken({ params: { id: serverId } });
  const sessions = test.panel.core.database.getRepository(SessionEntity);
  await sessions.update({ userId: brief.userId }, { expiresAt: new Date(Date.now() + 5000) });
  const visitor = await SftpVisitor.connect(port, { user: serverId, password: token });
  await visitor?.begin();
  await visitor?.closed;
  expect(visitor).not.toBeNull();
}, 30_000);
