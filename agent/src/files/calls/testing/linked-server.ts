import { createHash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { fileAgentCalls } from '@catalyst/shared/features/files-link';
import type { fileTreeAgentCalls } from '@catalyst/shared/features/files-tree-link';
import type { pullAgentCalls } from '@catalyst/shared/features/pulls-link';
import type { uploadAgentCalls } from '@catalyst/shared/features/uploads-link';
import { vi } from 'vitest';
import type { z } from 'zod';
import { FakePanel } from '../../../testing/fake-panel.ts';
import { fakeSpec } from '../../../testing/server-specs.ts';
import { finished, order, testAgent } from '../../../testing/test-agent.ts';

type Calls = typeof fileAgentCalls &
  typeof fileTreeAgentCalls &
  typeof uploadAgentCalls &
  typeof pullAgentCalls;
type Name = keyof Calls;
type Files = <N extends Name>(
  name: N,
  input: Omit<z.input<Calls[N]['input']>, 'serverId'>,
) => Promise<z.output<Calls[N]['output']>>;

export const toBase64 = (path: string) => Buffer.from(path).toString('base64');

export function codeOfCall(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      throw error;
    },
  );
}

/** A whole agent with one installed server, whose folder is empty, and the panel that asks it. */
export async function linkedServer(spec = fakeSpec(['say ready'])) {
  const fake = await FakePanel.open();
  const agent = await testAgent(fake.pairing());
  await fake.connected();
  await fake.call('server:apply', { spec });
  await finished(fake, await order(fake, spec.serverId, 'install'));
  const files: Files = (name, input) =>
    fake.call(name, { serverId: spec.serverId, ...input } as never) as never;
  return { panel: new Streams(fake), files, root: agent.folder.server(spec.serverId), spec, agent };
}

/** The data plane as the panel has it: tickets for what the agent delivers, and for what it fetches. */
class Streams {
  readonly fake: FakePanel;
  readonly #offers = new Map<string, { content: string; breaksOff: boolean }>();

  constructor(fake: FakePanel) {
    this.fake = fake;
    fake.onUpload = ({ method, url }, response) => {
      if (method !== 'GET') return false;
      const offer = this.#offers.get(url?.split('/').at(-1) ?? '');
      if (!offer) {
        response.writeHead(404).end();
        return true;
      }
      if (!offer.breaksOff) response.writeHead(200).end(offer.content);
      else response.writeHead(200).write(offer.content, () => response.destroy());
      return true;
    };
  }

  ticket(name: string): string {
    return createHash('sha256').update(name).digest('base64url');
  }

  offer(content: string, { breaksOff = false } = {}): string {
    const ticket = this.ticket(`offer ${this.#offers.size}`);
    this.#offers.set(ticket, { content, breaksOff });
    return ticket;
  }

  delivered(name: string): Promise<string> {
    return vi.waitFor(() => {
      const text = this.fake.uploads.get(this.ticket(name));
      if (text === undefined) throw new Error('Nothing has come');
      return text;
    });
  }
}

const anyId = '01890000-0000-7000-8000-000000000000';

/** Each thing there is to ask, about one path. */
export function filesOf(files: Files, panel: Streams, path: string) {
  const at = { pathBase64: toBase64(path) };
  return {
    list: () => files('files:list', { ...at, limit: 10 }),
    stat: () => files('files:stat', at),
    createFile: () => files('files:create', { ...at, type: 'file' }),
    createFolder: () => files('files:create', { ...at, type: 'folder' }),
    rename: () => files('files:rename', { ...at, toBase64: toBase64('elsewhere') }),
    remove: () => files('files:delete', { pathsBase64: [at.pathBase64] }),
    chmod: () => files('files:chmod', { ...at, mode: 0o777 }),
    copy: () => files('files:copy', { pathsBase64: [at.pathBase64], toBase64: '' }),
    copyInto: () => files('files:copy', { pathsBase64: [toBase64('a')], toBase64: at.pathBase64 }),
    move: () => files('files:move', { pathsBase64: [at.pathBase64], toBase64: '' }),
    moveInto: () => files('files:move', { pathsBase64: [toBase64('a')], toBase64: at.pathBase64 }),
    searchNames: () => files('files:search-names', { ...at, name: 'x', isCaseSensitive: false, most: 10 }),
    searchContents: () =>
      files('files:search-contents', {
        ...{ ...at, text: 'x', most: 10 },
        ...{ isRegularExpression: false, isCaseSensitive: false },
      }),
    checksum: () => files('files:checksum', { ...at, algorithm: 'sha256' }),
    usage: () => files('files:usage', at),
    beginUpload: () =>
      files('files:upload-begin', {
        ...at,
        ...{ uploadId: anyId, sizeBytes: 1, startedBy: 'a', replace: true },
      }),
    times: () => files('files:times', { ...at, modifiedAt: 0 }),
    send: () => files('files:send', { ...at, ticket: panel.ticket('sent') }),
    receive: () => files('files:receive', { ...at, ticket: panel.offer('bytes') }),
  };
}
