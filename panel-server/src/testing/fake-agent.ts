import { AppError } from '@catalyst/shared/contract/errors';
import {
  announce,
  answerCalls,
  type CallHandlers,
  type CallInput,
  call,
  listen,
} from '@catalyst/shared/contract/rpc';
import {
  type AgentHello,
  handshakeText,
  type LinkState,
  linkProtocolVersion,
} from '@catalyst/shared/features/agent-link';
import type { FirewallReport } from '@catalyst/shared/features/firewall-link';
import type { HealthReport } from '@catalyst/shared/features/nodes-link';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { ServerState } from '@catalyst/shared/features/server-states';
import { agentCalls, agentEvents, handshakeCalls, handshakeEvents, panelCalls } from '@catalyst/shared/link';
import { parseDeploymentToken } from '@catalyst/shared/node/deployment-token';
import { randomToken } from '@catalyst/shared/node/random-token';
import { SigningKey } from '@catalyst/shared/node/signing-key';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import { FakeArchives } from './fake-archives.ts';
import { fakeFileTrees } from './fake-file-trees.ts';
import { FakeFiles } from './fake-files.ts';
import { FakeImages } from './fake-images.ts';
import { fakePulls } from './fake-pulls.ts';
import { fakeUploads } from './fake-uploads.ts';
import type { TestPanel } from './test-panel.ts';

type AgentCalls = typeof agentCalls;
type PanelCalls = typeof panelCalls;
type Control = CallInput<AgentCalls['server_control']>;
type Line = z.input<(typeof agentEvents)['server_log']['payload']>['lines'][number];

type Kept = z.output<AgentCalls['kept:list']['output']>['items'][number];

interface FakeServer {
  serverId: string;
  spec: ServerSpec | null;
  state: ServerState;
  lines: Line[];
  isWatched: boolean;
  lastEventId: number;
  crashCount: number;
}

/**
 * The other end of the link, speaking it as a real agent does. By itself it obeys (installs, starts and stops in no
 * time); `answer` changes single answers, and `isObedient = false` leaves every report to the test.
 */
export class FakeAgent {
  link: Omit<LinkState, 'tlsPin'>;
  processId = randomToken();
  protocol = linkProtocolVersion;
  isObedient = true;
  /** What the panel did, in order. */
  readonly controls: Control[] = [];
  readonly commands: CallInput<AgentCalls['console_input']>[] = [];
  readonly resizes: CallInput<AgentCalls['server:resize']>[] = [];
  readonly servers = new Map<string, FakeServer>();
  readonly busyPorts = new Map<string, string>();
  missingPackages: string[] = [];
  readonly kept = new Map<string, Kept>();
  /** What it was told last; null before. */
  opensFirewall: boolean | null = null;
  openPorts: FirewallReport['openPorts'] = [];
  readonly files = new FakeFiles(() => this.link.panelUrl);
  readonly #uploads = fakeUploads(this.files);
  readonly #pulls = fakePulls();
  readonly archives = new FakeArchives({
    files: this.files,
    tell: (task) => announce(this.socket, agentEvents, 'file_task_progress', task),
    panelUrl: () => this.link.panelUrl,
  });
  readonly images = new FakeImages({
    tell: (pull) => announce(this.socket, agentEvents, 'image_pull_progress', pull),
    panelUrl: () => this.link.panelUrl,
  });
  /** What ended the last connection attempt or connection, if the panel gave a reason. */
  refusal: { code: string; message: string } | undefined;
  readonly #key: SigningKey;
  readonly #overrides = new Map<string, (input: never) => unknown>();
  #eventId = 0;
  #socket: Socket | undefined;

  constructor(link: Omit<LinkState, 'tlsPin'>, key = new SigningKey()) {
    this.link = link;
    this.#key = key;
  }

  /** A node with an agent that is linked and online. */
  static async linked(panel: TestPanel, name = 'node', more: object = {}): Promise<FakeAgent> {
    const { id } = await panel.admin.api.nodes.create({
      body: { name, publicAddress: '192.0.2.10', ...more },
    });
    const { token } = await panel.admin.api.nodes.deploymentToken({ params: { id } });
    const agent = new FakeAgent(parseDeploymentToken(token));
    await agent.connect();
    return agent;
  }

  /** Another process with the same key, as a copied machine has. */
  clone(): FakeAgent {
    return new FakeAgent(this.link, this.#key);
  }

  get publicKey(): string {
    return this.#key.publicKey;
  }

  get nodeId(): string {
    return this.link.nodeId;
  }

  get socket(): Socket {
    if (!this.#socket) throw new Error('The agent is not connected');
    return this.#socket;
  }

  get isConnected(): boolean {
    return this.#socket?.connected ?? false;
  }

  /** Answers one call in another way; throw an AppError to refuse. Undefined goes back to the usual answer. */
  answer<Name extends keyof AgentCalls>(
    name: Name,
    handler: ((input: CallInput<AgentCalls[Name]>) => unknown) | undefined,
  ): void {
    if (handler) this.#overrides.set(name, handler as (input: never) => unknown);
    else this.#overrides.delete(name);
  }

  /** Connects, shakes hands and delivers the snapshot. Rejects with what the panel refuses it for. */
  async connect({ snapshot = true }: { snapshot?: boolean } = {}): Promise<void> {
    await this.handshake();
    if (snapshot) await this.sendSnapshot();
  }

  handshake(change: Partial<AgentHello> = {}): Promise<void> {
    this.refusal = undefined;
    const hello: AgentHello = {
      protocol: this.protocol,
      agentVersion: '0.0.1',
      nodeId: this.link.nodeId,
      publicKey: this.publicKey,
      processId: this.processId,
      nonce: randomToken(),
      ...change,
    };
    const socket = io(`${this.link.panelUrl}/agent`, {
      auth: hello,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    this.#socket?.disconnect();
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      const refused = (code: string, message: string) => {
        this.refusal = { code, message };
        reject(new AppError(code as never, message));
      };
      socket.on('connect_error', (error: Error & { data?: { error: { code: string; message: string } } }) => {
        const told = error.data?.error;
        refused(told?.code ?? 'unavailable', told?.message ?? error.message);
      });
      socket.on('disconnect', (reason) => {
        for (const server of this.servers.values()) server.isWatched = false;
        if (!this.refusal) refused('unavailable', reason);
      });
      answerCalls(socket, handshakeCalls, {
        node_handshake: ({ nonce, panelKey }) => {
          const parties = {
            panelKey,
            agentKey: hello.publicKey,
            nodeId: hello.nodeId,
            agentNonce: hello.nonce,
            panelNonce: nonce,
          };
          return {
            signature: this.#key.sign(handshakeText('agent', parties)),
            ...(this.link.secret && { enrolmentSecret: this.link.secret }),
          };
        },
      });
      listen(socket, handshakeEvents, {
        'node:welcome': () => {
          this.#serve(socket);
          resolve();
        },
        'node:refused': ({ code, message }) => refused(code, message),
      });
    });
  }

  disconnect(): void {
    this.#socket?.disconnect();
  }

  sendSnapshot(change: (server: FakeServer) => object = () => ({})): Promise<unknown> {
    return this.tell('node_snapshot', {
      servers: [...this.servers.values()].map((server) => ({
        ...this.#report(server),
        revision: server.spec?.revision ?? 0,
        pid: null,
        lastSeq: server.lines.length,
        lastEventId: server.lastEventId,
        ...change(server),
      })),
    });
  }

  tell<Name extends keyof PanelCalls & string>(
    name: Name,
    input: z.input<PanelCalls[Name]['input']>,
  ): Promise<unknown> {
    return call(this.socket, panelCalls, name, input, { timeoutMs: 10_000 });
  }

  /** The server entered a state, and the panel has been told. */
  async report(serverId: string, state: ServerState, more: object = {}): Promise<void> {
    const server = this.server(serverId);
    server.state = state;
    server.lastEventId = ++this.#eventId;
    await this.tell('server_state_update', {
      eventId: server.lastEventId,
      report: { ...this.#report(server), ...more },
    });
  }

  async finish(serverId: string, operationId: string, error: string | null = null): Promise<void> {
    const reason = error === null ? null : { code: 'internal', message: error };
    await this.tell('operation:finished', { operationId, serverId, error: reason });
  }

  announceHealth(change: Partial<HealthReport> = {}): void {
    announce(this.socket, agentEvents, 'health_report', {
      cpuPercent: 10,
      memoryUsageMb: 1000,
      memoryTotalMb: 16_000,
      diskUsageMb: 1000,
      diskTotalMb: 100_000,
      containerCount: 0,
      uptimeSeconds: 60,
      cpuCores: 4,
      platform: 'linux',
      hostname: 'fake',
      runtimes: [
        {
          name: 'process',
          available: true,
          version: null,
          enforces: { user: true, memory: true, cpu: true, pids: true },
          notes: [],
        },
      ],
      ...change,
    });
  }

  /** As of a machine with containerd. */
  announceContainers(notes: string[] = []): void {
    const enforces = { user: true, memory: true, cpu: true, pids: true };
    const runtime = { available: true, version: null, enforces, notes };
    this.announceHealth({
      runtimes: [
        { ...runtime, name: 'process' },
        { ...runtime, name: 'containerd', version: 'containerd 1.7.0' },
      ],
    });
  }

  /** Appends lines to the history and, when watched, sends them as one batch. */
  print(serverId: string, ...texts: string[]): void {
    const server = this.server(serverId);
    const lines = texts.map(
      (text, index): Line => ({
        seq: server.lines.length + index + 1,
        at: Date.now(),
        stream: 'stdout',
        text,
      }),
    );
    server.lines.push(...lines);
    if (server.isWatched && this.isConnected) this.sendLines(serverId, lines);
  }

  sendLines(serverId: string, lines: Line[]): void {
    announce(this.socket, agentEvents, 'server_log', { serverId, lines });
  }

  server(serverId: string): FakeServer {
    let server = this.servers.get(serverId);
    if (!server) {
      server = {
        serverId,
        spec: null,
        state: 'stopped',
        lines: [],
        isWatched: false,
        lastEventId: 0,
        crashCount: 0,
      };
      this.servers.set(serverId, server);
    }
    return server;
  }

  #report({ serverId, state, crashCount }: FakeServer) {
    return {
      serverId,
      state,
      reason: null,
      reasonText: null,
      exitCode: null,
      signal: null,
      outOfMemory: false,
      crashCount,
      startedAt: state === 'running' ? Date.now() : null,
      nextRestartAt: null,
      at: Date.now(),
    };
  }

  #serve(socket: Socket): void {
    const usual = this.#usualAnswers();
    const handlers = Object.fromEntries(
      Object.keys(agentCalls).map((name) => [
        name,
        (input: never) => (this.#overrides.get(name) ?? usual[name as keyof AgentCalls])(input),
      ]),
    );
    answerCalls(socket, agentCalls, handlers as unknown as CallHandlers<AgentCalls>);
  }

  #usualAnswers(): CallHandlers<AgentCalls> {
    return {
      ...this.images.answers,
      ...this.files.answers,
      ...fakeFileTrees(this.files),
      ...this.#uploads,
      ...this.#pulls,
      ...this.archives.answers,
      'node:doctor': () => ({
        checks: [
          {
            id: 'root',
            title: 'Rights',
            status: 'ok' as const,
            text: 'It is root.',
            fix: null,
            command: null,
          },
        ],
      }),
      'ports:live': ({ serverId }) => ({
        ports: (this.servers.get(serverId)?.spec?.ports ?? []).map(({ name, ip, port, protocol }) => ({
          ...{ name, port, protocol: protocol === 'both' ? ('tcp' as const) : protocol },
          ...{ state: 'listening' as const, addresses: [ip], holder: null },
        })),
      }),
      'firewall:set': ({ opens }) => {
        this.opensFirewall = opens;
        return {};
      },
      'firewall:report': () => ({
        unavailable: null,
        gates: [{ name: 'iptables INPUT', hook: 'input' as const }],
        openPorts: this.openPorts,
        isForwardingOpen: false,
        notes: [],
      }),
      'kept:list': () => ({ items: [...this.kept.values()] }),
      'kept:wipe': ({ serverId }) => {
        const found = this.kept.get(serverId);
        if (!found) throw new AppError('not_found', 'The node has no kept files of this server');
        this.kept.delete(serverId);
        return { name: found.name };
      },
      'node:ping': () => ({}),
      'server:apply': ({ spec }) => {
        const server = this.server(spec.serverId);
        if (spec.revision > (server.spec?.revision ?? 0)) server.spec = spec;
        return { revision: server.spec?.revision ?? 0 };
      },
      server_control: (control) => {
        const isRepeated = this.controls.some(({ operationId }) => operationId === control.operationId);
        this.controls.push(control);
        if (this.isObedient && !isRepeated) void this.#obey(control).catch(() => {});
        return { accepted: true as const };
      },
      'server:dry-run': ({ spec }) => ({
        files: spec.configFiles.map(({ path, find }) => ({
          path,
          outcome: 'created' as const,
          before: null,
          after: JSON.stringify({ find, environment: spec.environment }),
          notes: [],
        })),
      }),
      'server:resize': (size) => {
        this.resizes.push(size);
        return {};
      },
      'server:reset-crash-count': ({ serverId }) => {
        this.server(serverId).crashCount = 0;
        return {};
      },
      console_input: (command) => {
        this.commands.push(command);
        this.print(command.serverId, `> ${command.data}`);
        return { seq: this.server(command.serverId).lines.length };
      },
      'console:read': ({ serverId, after, before, limit, stream, q }) =>
        readPage(this.server(serverId).lines, { after, before, limit, stream, q }),
      'console:watch': ({ serverId, watch }) => {
        const server = this.server(serverId);
        server.isWatched = watch;
        return { firstSeq: server.lines[0]?.seq ?? 0, lastSeq: server.lines.at(-1)?.seq ?? 0 };
      },
      'console:export': async ({ serverId, ticket }) => {
        const text = this.server(serverId).lines.map((line) => `${line.text}\n`);
        void fetch(`${this.link.panelUrl}/api/data/${ticket}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: text.join(''),
        });
        return {};
      },
      'host-packages:missing': () => ({ missing: this.missingPackages }),
      'host-packages:install': ({ packages }) => {
        this.missingPackages = [];
        return { installed: packages.map(({ debian }) => debian), output: 'done' };
      },
      'ports:check': ({ ports }) => ({
        taken: ports.flatMap(({ port, protocol }) => {
          const holder = this.busyPorts.get(`${port}/${protocol}`);
          return holder === undefined ? [] : [{ port, protocol, holder }];
        }),
      }),
    };
  }

  async #obey({ action, serverId, operationId, wipe, keepAs }: Control): Promise<void> {
    const steps: Record<Control['action'], ServerState[]> = {
      install: ['stopped'],
      start: ['starting', 'running'],
      stop: ['stopping', 'stopped'],
      kill: ['stopping', 'stopped'],
      restart: ['stopping', 'starting', 'running'],
      remove: [],
    };
    for (const state of steps[action]) await this.report(serverId, state);
    if (action === 'remove') {
      this.servers.delete(serverId);
      if (!wipe)
        this.kept.set(serverId, {
          serverId,
          name: serverId,
          template: '',
          ...keepAs,
          keptAt: Date.now(),
          sizeBytes: 4096,
        });
    }
    await this.finish(serverId, operationId);
  }
}

function readPage(
  lines: Line[],
  query: { after?: number; before?: number; limit: number; stream?: string; q?: string },
) {
  const { after, before, limit, stream, q } = query;
  const wanted = lines.filter(
    (line) =>
      (!stream || line.stream === stream) && (!q || line.text.toLowerCase().includes(q.toLowerCase())),
  );
  const range = { firstSeq: lines[0]?.seq ?? 0, lastSeq: lines.at(-1)?.seq ?? 0 };
  if (after !== undefined) {
    const rest = wanted.filter(({ seq }) => seq > after);
    const page = rest.slice(0, limit);
    return { lines: page, ...range, nextSeq: rest.length > limit ? (page.at(-1)?.seq ?? null) : null };
  }
  const rest = wanted.filter(({ seq }) => seq < (before ?? Number.POSITIVE_INFINITY));
  const page = rest.slice(-limit);
  return { lines: page, ...range, nextSeq: rest.length > limit ? (page[0]?.seq ?? null) : null };
}
