import type { Permission } from '@catalyst/shared/contract/permissions';
import type { Route } from '@catalyst/shared/contract/route';
import ssh2 from 'ssh2';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { SubuserEntity } from '../features/subusers/subuser.entity.ts';
import type { FakeAgent } from './fake-agent.ts';
import { sampleOf } from './sample.ts';
import { newTemplate, testEgg } from './test-egg.ts';
import { password, type TestClient, type TestPanel } from './test-panel.ts';
import { installedServer, newServer, runningServer } from './test-servers.ts';

export interface RouteInput {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  /** Instead of a body. */
  stream?: Buffer;
  /** What the panel answers whoever is permitted, where doing it takes what a test has not got here. */
  otherCode?: string;
}

/** For each route something to ask that works, on things made for it: whoever is permitted gets a 2xx. */
export class AccessInputs {
  readonly #test: TestPanel;
  readonly #agent: FakeAgent;
  #made = 0;

  constructor(test: TestPanel, agent: FakeAgent) {
    this.#test = test;
    this.#agent = agent;
  }

  async for(name: string, route: Route): Promise<RouteInput> {
    const { params, querystring, body } = route.schema;
    const own = await this.#special[name]?.();
    const usual: RouteInput = {
      ...(params && { params: sampleOf(params) as Record<string, unknown> }),
      ...(querystring && !querystring.safeParse({}).success && { query: sampleOf(querystring) as never }),
      ...(body && own?.body === undefined && { body: smallest(body) }),
    };
    const place = own?.params?.id === undefined && (await this.#placeOf(route));
    return {
      ...usual,
      ...own,
      ...(usual.params && { params: { ...usual.params, ...place, ...own?.params } }),
    };
  }

  /** What it takes besides the permission that the route asks for: whoever gives something must have it. */
  alsoNeeded(name: string): Permission[] {
    if (name === 'servers.clone') return ['server.read'];
    if (['archives.compress', 'archives.decompress'].includes(name)) return ['file.read'];
    return ['subusers.invite', 'subusers.update', 'subusers.remove'].includes(name) ? ['server.read'] : [];
  }

  /** Things that are the asker's own. */
  async personal(name: string, person: TestClient, input: RouteInput): Promise<void> {
    if (name === 'apiKeys.update' || name === 'apiKeys.revoke') {
      const { id } = await person.api.apiKeys.create({ body: { name: 'own', scopes: ['*'] } });
      input.params = { id };
    }
    if (name === 'sessions.end') {
      const { sessions, users } = this.#test.panel.core;
      const owner = await users.find(person.userId);
      if (!owner) throw new Error('There is no such person');
      const { caller } = await sessions.create(owner, { ip: '127.0.0.1', userAgent: 'another' });
      input.params = { id: caller.sessionId };
    }
    if (name === 'subusers.leave') await this.#share(input.params?.id as string, person);
  }

  readonly #special: Record<string, () => Promise<RouteInput>> = {
    'sessions.reauthenticate': async () => ({ body: { password } }),
    'accounts.changeEmail': async () => ({ body: { email: `${this.#name()}@example.com` } }),
    'accounts.changePassword': async () => ({
      body: { currentPassword: password, password: 'a brand new password' },
    }),
    'accounts.withdrawInvitation': async () => {
      const { invitation } = await this.#test.admin.api.accounts.invite({ body: {} });
      return { params: { id: invitation.id } };
    },
    // What these need first is a proof that only a device or a provider has.
    'factors.confirmTotp': async () => ({ body: { code: '123456' }, otherCode: 'invalid_state' }),
    'factors.renewRecoveryCodes': async () => ({ otherCode: 'invalid_state' }),
    'factors.addPasskey': async () => ({ otherCode: 'invalid_credentials' }),
    'factors.renamePasskey': async () => ({ otherCode: 'not_found' }),
    'factors.removePasskey': async () => ({ otherCode: 'not_found' }),
    'oidc.unlink': async () => ({ otherCode: 'not_found' }),
    'oidc.create': async () => ({ body: this.#provider() }),
    'oidc.update': async () => ({ params: await this.#existingProvider(), body: { name: this.#name() } }),
    'oidc.delete': async () => ({ params: await this.#existingProvider() }),
    'oidc.test': async () => ({ params: await this.#existingProvider() }),
    // No mail is set up.
    'mail.test': async () => ({ body: { to: 'someone@example.com' }, otherCode: 'invalid_state' }),
    'mail.retry': async () => ({ otherCode: 'not_found' }),
    'servers.create': async () => ({ body: newServer(this.#agent) }),
    'servers.clone': async () => ({ body: { name: 'A clone' } }),
    'servers.update': async () => ({ body: { description: 'changed' } }),
    'servers.start': () => this.#stopped(),
    'servers.delete': () => this.#stopped(),
    'servers.reinstall': () => this.#stopped(),
    'servers.suspend': async () => ({ body: { reason: 'unpaid' } }),
    'servers.unsuspend': () => this.#suspended(),
    'console.command': async () => ({ body: { command: 'say' } }),
    'files.stat': () => this.#onFile({ isQuery: true }),
    'files.read': () => this.#onFile({ isQuery: true }),
    'files.download': () => this.#onFile({ isQuery: true }),
    'files.upload': async () => ({ query: { path: 'map.zip' }, stream: Buffer.from('a map') }),
    'files.write': async () => ({ body: { path: 'notes.txt', content: 'text' } }),
    'files.create': async () => ({ body: { path: 'world', type: 'folder' } }),
    'files.rename': () => this.#onFile({ body: { path: 'eula.txt', to: 'old.txt' } }),
    'files.chmod': () => this.#onFile({ body: { path: 'eula.txt', mode: '0600' } }),
    'files.copy': () => this.#onFile({ body: { paths: ['eula.txt'], newName: 'copy.txt' } }),
    'files.move': () => this.#onFile({ body: { paths: ['eula.txt'], newName: 'moved.txt' } }),
    'files.search': async () => ({ query: { name: 'eula' } }),
    'files.checksum': () => this.#onFile({ isQuery: true }),
    'files.usage': () => this.#onFile({ isQuery: true }),
    'files.times': () => this.#onFile({ body: { path: 'eula.txt', modifiedAt: new Date().toISOString() } }),
    // Neither is a request of the tus protocol, and there is no such upload.
    'uploads.begin': async () => ({ stream: Buffer.from('text'), otherCode: 'precondition_failed' }),
    'uploads.append': async () => ({ stream: Buffer.from('text'), otherCode: 'precondition_failed' }),
    'pulls.start': async () => ({ body: { url: 'https://example.com/world.zip' } }),
    'pulls.cancel': async () => ({ otherCode: 'not_found' }),
    'uploads.get': async () => ({ otherCode: 'not_found' }),
    'uploads.cancel': async () => ({ otherCode: 'not_found' }),
    'archives.compress': () => this.#onFile({ body: { paths: ['eula.txt'] } }),
    'archives.decompress': () => this.#onFile({ body: { path: 'eula.txt' } }),
    'archives.download': () => this.#onFile({ body: { paths: ['eula.txt'] } }),
    'archives.list': () => this.#onFile({ isQuery: true }),
    'archives.task': () => this.#onTask(),
    'archives.cancel': () => this.#onTask(),
    'files.delete': () => this.#onFile({ body: { paths: ['eula.txt'] } }),
    'sshKeys.add': async () => ({
      body: { publicKey: ssh2.utils.generateKeyPairSync('ed25519').public },
    }),
    'sshKeys.remove': async () => ({ otherCode: 'not_found' }),
    'templates.get': async () => ({ params: { id: 'minecraft-js' } }),
    'templates.versions': async () => ({ params: { id: 'minecraft-js' } }),
    'templates.export': async () => ({ params: { id: 'minecraft-js' } }),
    'templates.create': async () => ({ body: newTemplate({ name: this.#name() }) }),
    'templates.update': () => this.#ownTemplate(),
    'templates.delete': () => this.#ownTemplate(),
    'templates.import': async () => ({ stream: Buffer.from(JSON.stringify(testEgg())) }),
    // Neither has anywhere to be fetched from.
    'templates.importUrl': async () => ({
      body: { url: 'http://127.0.0.1/egg.json' },
      otherCode: 'invalid_input',
    }),
    'templates.refresh': async () => ({
      ...(await this.#ownTemplate()),
      body: undefined,
      otherCode: 'conflict',
    }),
    'templates.importMany': async () => ({
      body: { files: [{ fileName: 'egg.json', content: JSON.stringify(testEgg()) }] },
    }),
    'nodes.create': async () => ({ body: { name: this.#name(), publicAddress: '192.0.2.30' } }),
    'nodes.update': async () => ({ body: { name: this.#name() } }),
    'nodes.delete': () => this.#otherNode(),
    'nodes.deploymentToken': () => this.#otherNode(),
    'nodes.installHostPackages': async () => ({ body: { templateId: 'openttd' } }),
    'networks.create': async () => ({ body: this.#network() }),
    'networks.update': async () => ({ params: await this.#existingNetwork(), body: {} }),
    'networks.delete': async () => ({ params: await this.#existingNetwork() }),
    'portPools.create': async () => ({ body: this.#portPool() }),
    'portPools.update': async () => ({ params: await this.#existingPortPool(), body: {} }),
    'portPools.delete': async () => ({ params: await this.#existingPortPool() }),
    'ipPools.create': async () => ({ body: await this.#ipPool() }),
    'ipPools.get': async () => ({ params: await this.#existingIpPool() }),
    'ipPools.update': async () => ({ params: await this.#existingIpPool(), body: {} }),
    'ipPools.delete': async () => ({ params: await this.#existingIpPool() }),
    'images.pull': async () => ({ body: { reference: 'docker.io/library/busybox:1' } }),
    'images.cancel': async () => ({ params: { pullId: await this.#heldPull() } }),
    'images.import': async () => ({ query: {}, stream: archive }),
    'images.remove': async () => {
      const reference = `docker.io/library/unused:${++this.#made}`;
      this.#agent.images.add(reference);
      return { query: { reference } };
    },
    'images.prune': async () => ({ body: {} }),
    'kept.wipe': async () => ({ params: { serverId: this.#keptFiles() } }),
    'registries.create': async () => ({ body: this.#registry() }),
    'registries.get': async () => ({ params: await this.#existingRegistry() }),
    'registries.update': async () => ({ params: await this.#existingRegistry(), body: {} }),
    'registries.delete': async () => ({ params: await this.#existingRegistry() }),
    'users.create': async () => {
      const name = this.#name();
      return { body: { email: `${name}@example.com`, name } };
    },
    'users.get': () => this.#user(),
    'users.update': async () => ({ ...(await this.#user()), body: { displayName: 'Changed' } }),
    'users.setPassword': async () => ({
      ...(await this.#user()),
      body: { password: 'a brand new password' },
    }),
    'users.signOut': () => this.#user(),
    'users.disable': () => this.#user(),
    'users.enable': () => this.#user(),
    'users.delete': () => this.#user(),
    'accounts.makeResetLink': () => this.#user(),
    'roles.create': async () => ({ body: { name: this.#name(), permissions: [] } }),
    'roles.get': () => this.#role(),
    'roles.update': async () => ({ ...(await this.#role()), body: { name: this.#name() } }),
    'roles.delete': () => this.#role(),
    'subusers.invite': async () => ({ body: { permissions: [] } }),
    'subusers.update': async () => ({ params: await this.#existingSubuser(), body: { permissions: [] } }),
    'subusers.remove': async () => ({ params: await this.#existingSubuser() }),
    'subusers.revokeInvite': async () => {
      const { params, token: _token, inviteId } = await this.#invite();
      return { params: { ...params, inviteId } };
    },
    'subusers.acceptInvite': async () => ({ params: { token: (await this.#invite()).token } }),
    'subusers.transferOwnership': async () => {
      const { id, userId } = await this.#existingSubuser();
      return { params: { id }, body: { userId } };
    },
    'apiKeys.create': async () => ({ body: { name: 'made', scopes: ['server.read'] } }),
    'apiKeys.update': async () => ({ body: { name: 'changed' } }),
    'adminApiKeys.create': async () => ({ body: { name: 'made', scopes: ['server.read'] } }),
    'adminApiKeys.update': async () => ({ ...(await this.#key()), body: { name: 'changed' } }),
    'adminApiKeys.revoke': () => this.#key(),
  };

  /** What routes are about that say no more: a server that runs, the node of the agent. */
  async #placeOf({ url }: Route): Promise<object> {
    if (url.startsWith('/api/servers/:id'))
      return { id: (await runningServer(this.#test.admin, this.#agent)).id };
    return url.startsWith('/api/nodes/:id') ? { id: this.#agent.nodeId } : {};
  }

  #name(): string {
    return `made-${++this.#made}`;
  }

  async #stopped(): Promise<RouteInput> {
    return { params: { id: (await installedServer(this.#test.admin, this.#agent)).id } };
  }

  async #onFile({ isQuery = false, body }: { isQuery?: boolean; body?: object }): Promise<RouteInput> {
    const { params } = await this.#stopped();
    this.#agent.files.put(params?.id as string, 'eula.txt', 'eula=true');
    return { params, ...(isQuery && { query: { path: 'eula.txt' } }), ...(body && { body }) };
  }

  async #onTask(): Promise<RouteInput> {
    const { params } = await this.#onFile({});
    const id = params?.id as string;
    const { archives } = this.#test.admin.api;
    const task = await archives.compress({ params: { id }, body: { paths: ['eula.txt'] } });
    return { params: { id, taskId: task.id } };
  }

  async #suspended(): Promise<RouteInput> {
    const { params } = await this.#stopped();
    await this.#test.admin.api.servers.suspend({ params: params as { id: string }, body: {} });
    return { params };
  }

  async #otherNode(): Promise<RouteInput> {
    const body = { name: this.#name(), publicAddress: '192.0.2.31' };
    return { params: { id: (await this.#test.admin.api.nodes.create({ body })).id } };
  }

  #network() {
    this.#made += 1;
    const subnet = `10.${this.#made >> 8}.${this.#made & 255}.0/24`;
    return { name: `lan${this.#made}`, kind: 'macvlan' as const, parent: 'eth0', subnet };
  }

  async #existingNetwork() {
    const params = { id: this.#agent.nodeId };
    const { id } = await this.#test.admin.api.networks.create({ params, body: this.#network() });
    return { ...params, networkId: id };
  }

  #portPool() {
    // Servers of other cases are given ports of it, so there are enough.
    this.#made += 1;
    return { ips: [`10.${this.#made >> 8}.${this.#made & 255}.1`], ports: '20000-60000' };
  }

  async #existingPortPool() {
    const params = { id: this.#agent.nodeId };
    const { items } = await this.#test.admin.api.portPools.create({ params, body: this.#portPool() });
    return { ...params, poolId: items[0]?.id as string };
  }

  async #ipPool() {
    const body = this.#network();
    const params = { id: this.#agent.nodeId };
    await this.#test.admin.api.networks.create({ params, body });
    return { nodeId: params.id, networkName: body.name, cidr: body.subnet };
  }

  async #existingIpPool() {
    const { id } = await this.#test.admin.api.ipPools.create({ body: await this.#ipPool() });
    return { id };
  }

  async #heldPull(): Promise<string> {
    this.#agent.images.isHeld = true;
    const { id } = await this.#test.admin.api.images.pull({
      params: { id: this.#agent.nodeId },
      body: { reference: `docker.io/library/busybox:${++this.#made}` },
    });
    this.#agent.images.isHeld = false;
    return id;
  }

  #keptFiles(): string {
    const serverId = uuid();
    const label = { name: 'Old world', template: 'Test game', keptAt: Date.now(), sizeBytes: 1 };
    this.#agent.kept.set(serverId, { serverId, ...label });
    return serverId;
  }

  #provider() {
    return { name: this.#name(), issuer: 'http://127.0.0.1:9/', clientId: 'catalyst' };
  }

  async #existingProvider() {
    const { id } = await this.#test.admin.api.oidc.create({ body: this.#provider() });
    return { id };
  }

  #registry() {
    return { host: `registry-${++this.#made}.example.com`, username: 'robot', password: 'a secret' };
  }

  async #existingRegistry() {
    const { id } = await this.#test.admin.api.registries.create({ body: this.#registry() });
    return { id };
  }

  async #user(): Promise<RouteInput> {
    return { params: { id: (await this.#test.createUser(this.#name())).userId } };
  }

  async #ownTemplate(): Promise<RouteInput> {
    const body = newTemplate({ name: this.#name() });
    return { params: { id: (await this.#test.admin.api.templates.create({ body })).id }, body: {} };
  }

  async #role(): Promise<RouteInput> {
    const body = { name: this.#name(), permissions: [] };
    return { params: { id: (await this.#test.admin.api.roles.create({ body })).id } };
  }

  async #key(): Promise<RouteInput> {
    const owner = await this.#test.createUser(this.#name());
    const { id } = await owner.api.apiKeys.create({ body: { name: 'foreign', scopes: ['server.read'] } });
    return { params: { id } };
  }

  async #existingSubuser(): Promise<{ id: string; userId: string }> {
    const { id } = await installedServer(this.#test.admin, this.#agent);
    const person = await this.#test.createUser(this.#name());
    await this.#share(id, person);
    return { id, userId: person.userId };
  }

  async #share(serverId: string, { userId }: TestClient): Promise<void> {
    const now = new Date();
    const row = { id: uuid(), serverId, userId, createdAt: now, updatedAt: now };
    const { database, serverIndex } = this.#test.panel.core;
    await database.getRepository(SubuserEntity).insert({ ...row, permissions: ['server.read'] });
    await serverIndex.refresh(serverId);
  }

  async #invite() {
    const { id } = await installedServer(this.#test.admin, this.#agent);
    const params = { id };
    const made = await this.#test.admin.api.subusers.invite({ params, body: { permissions: [] } });
    return { params, token: made.token, inviteId: made.id };
  }
}

/** As much of a tar archive as the fake agent looks at. */
const archive = Buffer.alloc(1024);
archive.write('ustar', 257);

const smallest = (body: z.ZodType) => (body.safeParse({}).success ? {} : sampleOf(body));
