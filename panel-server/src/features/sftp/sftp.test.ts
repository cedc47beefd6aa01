import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { uint32 } from '@catalyst/shared/node/sftp/fields';
import { openFlag, packetType, statusCode } from '@catalyst/shared/node/sftp/protocol';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { agreeToSftp } from '../../testing/fake-sftp.ts';
import { fromBase32 } from '../../testing/from-base32.ts';
import { SftpVisitor } from '../../testing/sftp-visitor.ts';
import {
  password,
  type TestClient,
  type TestPanel,
  testDatabases,
  testPanel,
} from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { totpCode, totpStep } from '../factors/totp.ts';

const { generateKeyPairSync } = ssh2.utils;
type Attempt = [string, { password?: string; privateKey?: string }];
const environment = {
  CATALYST_RATE_LIMITS: JSON.stringify({
    ...{ anonymous: 100_000, signedIn: 100_000, signInFailuresPerAddress: 100_000 },
  }),
};

describe.each(testDatabases)('SFTP on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let serverId: string;
  let asked: number[];
  let port: number;

  beforeAll(async () => {
    test = await testPanel({ database, environment });
    agent = await FakeAgent.linked(test);
    serverId = (await installedServer(test.admin, agent)).id;
    asked = agreeToSftp(agent);
    port = (await test.admin.api.sftp.get({ params: { id: serverId } })).port as number;
  });
  afterAll(async () => {
    agent?.disconnect();
    await test?.close();
  });

  const come = (name: string, way: { password?: string; privateKey?: string }) =>
    SftpVisitor.connect(port, { user: name === '' ? serverId : `${name}.${serverId}`, ...way });
  const isLetIn = async (name: string, way: { password?: string; privateKey?: string }) => {
    const visitor = await come(name, way);
    visitor?.end();
    return visitor !== null;
  };
  const person = async (name: string, permissions: ('file.read' | 'file.write' | 'file.delete')[]) =>
    test.createUser(name, await roleWith(test, ['server.read', ...permissions]));
  const session = async (name: string, way: object = { password }) => {
    const visitor = (await come(name, way)) as SftpVisitor;
    await visitor.begin();
    return visitor;
  };
  const addKey = async (
    client: TestClient,
    type: Parameters<typeof generateKeyPairSync>[0],
    options = {},
  ) => {
    const pair = generateKeyPairSync(type, options);
    const key = await client.api.sshKeys.add({ body: { publicKey: pair.public } });
    return { ...key, privateKey: pair.private };
  };

  it('opens to passwords, tokens, keys of programs and SSH keys, and to nothing else', async () => {
    const owner = await person('owner', ['file.read']);
    const { token } = await owner.api.sftp.makeToken({ params: { id: serverId } });
    const { key } = await owner.api.apiKeys.create({ body: { name: 'sync', scopes: ['file.*'] } });
    const { key: narrow } = await owner.api.apiKeys.create({ body: { name: 'no', scopes: ['server.read'] } });
    const { privateKey } = await addKey(owner, 'ed25519');
    const good: Attempt[] = [
      ['owner', { password }],
      ['owner', { password: token }],
      ['', { password: token }],
      ['owner', { password: key }],
      ['', { password: key }],
      ['owner', { privateKey }],
    ];
    for (const [name, way] of good) expect(await isLetIn(name, way), name + Object.keys(way)).toBe(true);
    const other = await installedServer(test.admin, agent);
    const foreign = await owner.api.sftp.makeToken({ params: { id: other.id } });
    const stranger = generateKeyPairSync('ed25519').private;
    const bad: Attempt[] = [
      ['owner', { password: 'wrong' }],
      ['', { password }],
      ['user', { password }],
      ['owner', { password: owner.token }],
      ['', { password: owner.token }],
      ['owner', { password: narrow }],
      ['owner', { password: foreign.token }],
      ['admin', { password: token }],
      ['admin', { privateKey }],
      ['', { privateKey }],
      ['owner', { privateKey: stranger }],
      ['nobody', { password }],
    ];
    for (const [name, way] of bad) {
      expect(await isLetIn(name, way), name + JSON.stringify(way)).toBe(false);
      // Whoever is let in begins anew.
      expect(await isLetIn('owner', { password })).toBe(true);
    }
    expect(await SftpVisitor.connect(port, { user: `owner.${owner.userId}`, password })).toBeNull();
    expect(await SftpVisitor.connect(port, { user: 'owner', password })).toBeNull();
  });

  it('takes no password of who has a second factor, but his tokens and keys', async () => {
    const careful = await person('careful', ['file.read']);
    const { secret } = await careful.api.factors.beginTotp();
    const code = totpCode(fromBase32(secret), totpStep(Date.now()));
    await careful.api.factors.confirmTotp({ body: { code } });
    expect(await isLetIn('careful', { password })).toBe(false);
    const { token } = await careful.api.sftp.makeToken({ params: { id: serverId } });
    expect(await isLetIn('careful', { password: token })).toBe(true);
  });

  it('counts failures together with the website', async () => {
    await person('guessed', ['file.read']);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await isLetIn('guessed', { password: `wrong ${attempt}` })).toBe(false);
    }
    const body = { email: 'guessed@example.com', password };
    await expect(test.anonymous.sessions.login({ body })).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await isLetIn('guessed', { password })).toBe(false);
  });

  it('takes good keys only into a profile', async () => {
    const keeper = await person('keeper', ['file.read']);
    const add = (publicKey: string) => keeper.api.sshKeys.add({ body: { publicKey } });
    const { public: line, private: secret } = generateKeyPairSync('ed25519', { comment: 'my laptop' });
    const added = await add(line);
    expect(added).toMatchObject({ name: 'my laptop', type: 'ssh-ed25519' });
    expect(added.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    await expect(add(line)).rejects.toMatchObject({ code: 'conflict' });
    const weak = generateKeyPairSync('rsa' as 'ed25519', { bits: 1024 } as object).public;
    for (const wrong of ['x', secret, weak, line.slice(0, 40), 'sk-ssh-ed25519@openssh.com AAAA']) {
      const refused = { code: 'invalid_input', issues: [{ path: 'publicKey' }] };
      await expect(add(wrong)).rejects.toMatchObject(refused);
    }
    await expect(test.admin.api.sshKeys.remove({ params: { id: added.id } })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await isLetIn('keeper', { privateKey: secret })).toBe(true);
    await vi.waitFor(async () =>
      expect((await keeper.api.sshKeys.list()).items[0]?.lastUsedAt).toBeInstanceOf(Date),
    );
    await keeper.api.sshKeys.remove({ params: { id: added.id } });
    expect(await isLetIn('keeper', { privateKey: secret })).toBe(false);
  });

  it('asks the agent for nothing that somebody may not do, and refuses it in its turn', async () => {
    await person('reader', ['file.read']);
    const reader = await session('reader');
    const before = asked.length;
    const flags = (value: number) => Buffer.concat([uint32(value), uint32(0)]);
    const { ok, permissionDenied, unsupported } = statusCode;
    expect(await reader.ask(packetType.stat)).toBe(ok);
    expect(await reader.ask(packetType.open, 'file', flags(openFlag.read))).toBe(ok);
    for (const flag of [openFlag.write, openFlag.append, openFlag.create, openFlag.truncate]) {
      expect(await reader.ask(packetType.open, 'file', flags(openFlag.read | flag))).toBe(permissionDenied);
    }
    for (const type of [packetType.remove, packetType.rmdir]) {
      expect(await reader.ask(type)).toBe(permissionDenied);
    }
    for (const type of [packetType.mkdir, packetType.setstat, packetType.fsetstat]) {
      expect(await reader.ask(type, 'file', uint32(0))).toBe(permissionDenied);
    }
    for (const type of [packetType.rename, packetType.symlink]) {
      expect(await reader.ask(type, 'file', uint32(0))).toBe(permissionDenied);
    }
    // What a client calls an answer never reaches the agent, who would take it for the panel's.
    expect(await reader.ask(packetType.status)).toBe(unsupported);
    expect(asked.slice(before)).toEqual([packetType.stat, packetType.open]);
    reader.end();
    const entries = test.panel.core.database.getRepository(AuditEntryEntity);
    await vi.waitFor(async () => {
      const found = await entries.findBy({ action: 'file.rename', outcome: 'failure' });
      expect(found).toMatchObject([
        { actorName: 'reader', serverId, ip: '127.0.0.1', errorCode: 'forbidden' },
      ]);
    });
  });

  it('is felt at once by whoever is connected when his rights change or end', async () => {
    const worker = await person('worker', ['file.read', 'file.write']);
    const { role } = await test.admin.api.users.get({ params: { id: worker.userId } });
    const setRights = (permissions: string[]) =>
      test.admin.api.roles.update({ params: { id: role.id }, body: { permissions: permissions as never } });
    const open = await session('worker');
    expect(await open.ask(packetType.mkdir, 'folder', uint32(0))).toBe(statusCode.ok);
    await setRights(['server.read', 'file.read']);
    expect(await open.ask(packetType.mkdir, 'folder', uint32(0))).toBe(statusCode.permissionDenied);
    expect(await open.ask(packetType.stat)).toBe(statusCode.ok);
    await setRights(['server.read']);
    await open.closed;
    await setRights(['server.read', 'file.read']);

    const { token } = await worker.api.sftp.makeToken({ params: { id: serverId } });
    const { id: keyId, privateKey } = await addKey(worker, 'ed25519');
    const key = await worker.api.apiKeys.create({ body: { name: 'sync', scopes: ['file.*'] } });
    const ends: [object, () => Promise<unknown>][] = [
      [{ privateKey }, () => worker.api.sshKeys.remove({ params: { id: keyId } })],
      [{ password: key.key }, () => worker.api.apiKeys.revoke({ params: { id: key.id } })],
      [{ password }, () => worker.api.sessions.endOthers()],
      [
        { password },
        () => test.admin.api.servers.suspend({ params: { id: serverId }, body: { reason: 'unpaid' } }),
      ],
    ];
    for (const [way, end] of ends) {
      const visitor = await session('worker', way);
      await end();
      await visitor.closed;
    }
    expect(await isLetIn('worker', { password })).toBe(false);
    await test.admin.api.servers.unsuspend({ params: { id: serverId } });
    const withToken = await session('', { password: token });
    await worker.api.sessions.logout();
    await withToken.closed;
    expect(await isLetIn('', { password: token })).toBe(false);
    const last = await session('worker');
    await test.admin.api.users.disable({ params: { id: worker.userId } });
    await last.closed;
  });

  it('ends whoever speaks nonsense, and nobody else', async () => {
    await person('healthy', ['file.read']);
    await person('sick', ['file.read']);
    const healthy = await session('healthy');
    const nonsense = [
      uint32(0),
      uint32(0xffffffff),
      Buffer.concat([uint32(1), Buffer.from([packetType.open])]),
      Buffer.concat([uint32(9), Buffer.from([packetType.stat]), uint32(1), uint32(1000)]),
      Buffer.concat([uint32(5), Buffer.from([packetType.init]), uint32(3)]),
    ];
    for (const bytes of nonsense) {
      const sick = await session('sick');
      sick.send(bytes);
      await expect(sick.next()).rejects.toThrow('over');
      sick.end();
    }
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      'SSH-2.0-x\r\n\xff\xff\xff\xff nonsense',
      '\0'.repeat(100_000),
    ]) {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
      socket.on('error', () => {});
      socket.resume();
      await once(socket, 'close');
    }
    expect(await healthy.ask(packetType.stat)).toBe(statusCode.ok);
    healthy.end();
  });

  it('is no shell, runs nothing and leads nowhere', async () => {
    await person('curious', ['file.read']);
    const visitor = (await come('curious', { password })) as SftpVisitor;
    const outcome = (call: (done: (error: Error | undefined) => void) => unknown) =>
      new Promise<boolean>((resolve) => call((error) => resolve(error === undefined)));
    const { client } = visitor;
    expect(await outcome((done) => client.exec('id', done))).toBe(false);
    expect(await outcome((done) => client.shell(done))).toBe(false);
    expect(await outcome((done) => client.subsys('other', done as never))).toBe(false);
    expect(await outcome((done) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', port, done))).toBe(false);
    visitor.end();
  });

  it('keeps its host key, readable by its owner alone, over a restart', async () => {
    const params = { id: serverId };
    const before = await test.admin.api.sftp.get({ params });
    expect(before).toMatchObject({ host: '127.0.0.1', problem: null, user: `admin.${serverId}` });
    const key = join(test.dataDir, 'panel', 'identity', 'sftp-host-key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    await test.restart();
    const after = await test.admin.api.sftp.get({ params });
    expect(after.hostKeyFingerprint).toBe(before.hostKeyFingerprint);
  });
});

it('says so when its port is taken, and the panel goes on without', async () => {
  const first = await testPanel();
  const agent = await FakeAgent.linked(first);
  const { id } = await installedServer(first.admin, agent);
  const { port } = await first.admin.api.sftp.get({ params: { id } });
  const second = await testPanel({ environment: { CATALYST_SFTP_PORT: String(port) } });
  expect(second.logText()).toContain(`Port ${port} is in use by another program`);
  expect((await second.admin.api.sessions.me()).name).toBe('admin');
  await second.close();
  agent.disconnect();
  await first.close();
});
