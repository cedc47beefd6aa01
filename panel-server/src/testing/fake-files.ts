import { createHash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { fileAgentCalls } from '@catalyst/shared/features/files-link';

type Node = { content: Buffer | null; mode: number };

/** The files of a fake agent's servers, in memory, by the bytes of their paths (as latin1). */
export class FakeFiles {
  readonly #servers = new Map<string, Map<string, Node>>();
  readonly #panelUrl: () => string;
  /** Set to refuse all that is asked. */
  refusal: AppError | null = null;

  constructor(panelUrl: () => string) {
    this.#panelUrl = panelUrl;
  }

  /** Null for a folder. */
  put(serverId: string, path: string | Buffer, content: string | Buffer | null): void {
    const name = typeof path === 'string' ? Buffer.from(path).toString('latin1') : path.toString('latin1');
    this.#of(serverId).set(name, { content: content === null ? null : Buffer.from(content), mode: 0o644 });
  }

  content(serverId: string, path: string): string | undefined {
    return this.#of(serverId).get(Buffer.from(path).toString('latin1'))?.content?.toString();
  }

  paths(serverId: string): string[] {
    return [...this.#of(serverId).keys()].sort();
  }

  remove(serverId: string, path: string): void {
    this.#of(serverId).delete(path);
  }

  stats(serverId: string, path: string) {
    return statsOf(this.find(serverId, path));
  }

  readonly answers: CallHandlers<typeof fileAgentCalls> = {
    'files:list': ({ serverId, pathBase64, limit, cursor }) => {
      const folder = nameOf(pathBase64);
      if (folder !== '') this.find(serverId, folder);
      const inFolder = [...this.#of(serverId)].filter(([path]) => parentOf(path) === folder);
      const [group, , last = ''] = cursor?.split('.') ?? [];
      const rank = (isFolder: boolean, name: string) => `${isFolder ? 0 : 1}${name}`;
      const start = cursor && `${group}${Buffer.from(last, 'base64url').toString('latin1')}`;
      const sorted = inFolder
        .map(([path, node]) => ({ name: lastName(path), node }))
        .map((one) => ({ ...one, place: rank(one.node.content === null, one.name) }))
        .sort((a, b) => (a.place < b.place ? -1 : 1))
        .filter(({ place }) => start === undefined || place > start);
      const page = sorted.slice(0, limit);
      const entries = page.map(({ name, node }) => ({ ...statsOf(node), nameBase64: inBase64(name) }));
      const end = sorted.length > limit ? page.at(-1) : undefined;
      const name = end && Buffer.from(end.name, 'latin1').toString('base64url');
      return { entries, nextCursor: end ? `${end.place.charAt(0)}.0.${name}` : null };
    },
    'files:stat': ({ serverId, pathBase64 }) =>
      pathBase64 === '' ? folderStats : statsOf(this.find(serverId, nameOf(pathBase64))),
    'files:create': ({ serverId, pathBase64, type }) => {
      const path = nameOf(pathBase64);
      if (this.#of(serverId).has(path)) throw taken();
      const node = { content: type === 'folder' ? null : Buffer.alloc(0), mode: 0o644 };
      this.#of(serverId).set(path, node);
      return statsOf(node);
    },
    'files:rename': ({ serverId, pathBase64, toBase64, replace }) => {
      const node = this.find(serverId, nameOf(pathBase64));
      if (!replace && this.#of(serverId).has(nameOf(toBase64))) throw taken();
      this.#of(serverId).delete(nameOf(pathBase64));
      this.#of(serverId).set(nameOf(toBase64), node);
      return {};
    },
    'files:delete': ({ serverId, pathsBase64 }) => {
      for (const path of pathsBase64.map(nameOf)) {
        this.find(serverId, path);
        for (const one of this.#of(serverId).keys()) {
          if (one === path || one.startsWith(`${path}/`)) this.#of(serverId).delete(one);
        }
      }
      return {};
    },
    'files:chmod': ({ serverId, pathBase64, mode }) => {
      const node = this.find(serverId, nameOf(pathBase64));
      node.mode = mode & 0o777;
      return statsOf(node);
    },
    'files:send': ({ serverId, pathBase64, ticket, range, rangeVersion, maxBytes }) => {
      const node = this.find(serverId, nameOf(pathBase64));
      const { content } = node;
      if (content === null) throw new AppError('invalid_input', 'This is a folder');
      if (content.length > (maxBytes ?? content.length)) throw new AppError('payload_too_large', 'Too large');
      const stats = statsOf(node);
      const wanted = rangeVersion === undefined || rangeVersion === stats.version ? range : undefined;
      let first = 0;
      let end = content.length;
      if (wanted && 'lastBytes' in wanted) first = Math.max(0, end - wanted.lastBytes);
      else if (wanted) {
        first = wanted.firstByte;
        end = Math.min(end, (wanted.lastByte ?? end) + 1);
      }
      if (wanted && first >= end) throw new AppError('range_not_satisfiable', 'The file is shorter');
      void this.#deliver(ticket, content.subarray(first, end));
      return { ...stats, firstByte: first, lengthBytes: end - first, isRange: wanted !== undefined };
    },
    'files:receive': async ({ serverId, pathBase64, ticket, expectedVersion, replace }) => {
      const path = nameOf(pathBase64);
      const content = await this.#fetch(ticket);
      const there = this.#of(serverId).get(path);
      if (there && !replace) throw taken();
      if (expectedVersion !== undefined && (!there || statsOf(there).version !== expectedVersion)) {
        throw new AppError('precondition_failed', 'Somebody else has changed this file');
      }
      const node = { content, mode: there?.mode ?? 0o644 };
      this.#of(serverId).set(path, node);
      return statsOf(node);
    },
    // Speaks no SFTP: with a real agent, `e2e/specs/sftp.spec.ts` does.
    'files:sftp': () => {
      throw new AppError('unavailable', 'This node serves no SFTP');
    },
  };

  #of(serverId: string): Map<string, Node> {
    if (this.refusal) throw this.refusal;
    const files = this.#servers.get(serverId) ?? new Map<string, Node>();
    this.#servers.set(serverId, files);
    return files;
  }

  /** Throws `not_found`, and what `refusal` says. */
  find(serverId: string, path: string): Node {
    const node = this.#of(serverId).get(path);
    if (!node) throw new AppError('not_found', 'There is no such file or folder');
    return node;
  }

  /** Keeps what has come when the stream breaks off; throws `unavailable` then. */
  async fetchInto(ticket: string, take: (chunk: Buffer) => void): Promise<void> {
    try {
      const { body, ok } = await fetch(`${this.#panelUrl()}/api/data/${ticket}`);
      if (!ok) throw new Error('The ticket is worth nothing any more');
      for await (const chunk of body ?? []) take(Buffer.from(chunk as Uint8Array));
    } catch (cause) {
      throw new AppError('unavailable', 'The stream from the panel broke off', { cause });
    }
  }

  async #deliver(ticket: string, body: Buffer): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream' };
    const url = `${this.#panelUrl()}/api/data/${ticket}`;
    await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) }).catch(() => {});
  }

  async #fetch(ticket: string): Promise<Buffer> {
    try {
      const response = await fetch(`${this.#panelUrl()}/api/data/${ticket}`);
      if (!response.ok) throw new Error('The ticket is worth nothing any more');
      return Buffer.from(await response.arrayBuffer());
    } catch (cause) {
      throw new AppError('unavailable', 'The stream from the panel broke off', { cause });
    }
  }
}

const folderStats = { type: 'folder' as const, sizeBytes: 0, mode: 0o755, modifiedAt: 0, version: '0' };

function statsOf({ content, mode }: Node) {
  if (content === null) return folderStats;
  const version = createHash('sha256').update(content).digest('hex').slice(0, 32);
  return { type: 'file' as const, sizeBytes: content.length, mode, modifiedAt: 1_000_000, version };
}

const taken = () => new AppError('conflict', 'There is already something of this name');
const nameOf = (base64: string) => Buffer.from(base64, 'base64').toString('latin1');
const inBase64 = (name: string) => Buffer.from(name, 'latin1').toString('base64');
const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const lastName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
