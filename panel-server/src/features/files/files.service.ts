import type { FileEntry, FileStats } from '@catalyst/shared/features/files';
import type { AgentFileEntry, AgentFileStats } from '@catalyst/shared/features/files-link';
import type { z } from 'zod';
import { noSuchServer } from '../../access.ts';
import type { AgentCallInput, AgentCallOutput, AgentCalls } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import { toText } from './file-path.ts';

interface FilesParts {
  agents: AgentDoor;
  serverIndex: ServerIndex;
}

type FileCall = Extract<keyof AgentCalls, `files:${string}`>;
type Asked<Name extends FileCall> = Omit<AgentCallInput<Name>, 'serverId'>;

/** The files of servers, which are on the nodes alone: the panel checks who asks for what, the agent does it. */
export class FilesService {
  readonly #parts: FilesParts;

  constructor(parts: FilesParts) {
    this.#parts = parts;
  }

  async list(
    serverId: string,
    path: Buffer,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: FileEntry[]; nextCursor: string | null }> {
    const { entries, nextCursor } = await this.ask('files:list', serverId, { ...at(path), limit, cursor });
    return { items: entries.map(toEntry), nextCursor };
  }

  async stat(serverId: string, path: Buffer): Promise<FileStats> {
    return toStats(await this.ask('files:stat', serverId, { ...at(path), links: 'tell' }));
  }

  async create(serverId: string, path: Buffer, type: 'file' | 'folder'): Promise<FileStats> {
    return toStats(await this.ask('files:create', serverId, { ...at(path), type }));
  }

  async rename(serverId: string, path: Buffer, to: Buffer, replace: boolean): Promise<void> {
    await this.ask('files:rename', serverId, { ...at(path), toBase64: to.toString('base64'), replace });
  }

  async chmod(serverId: string, path: Buffer, mode: string): Promise<FileStats> {
    return toStats(await this.ask('files:chmod', serverId, { ...at(path), mode: Number.parseInt(mode, 8) }));
  }

  async delete(serverId: string, paths: Buffer[]): Promise<void> {
    const pathsBase64 = paths.map((path) => path.toString('base64'));
    await this.ask('files:delete', serverId, { pathsBase64 });
  }

  nodeOf(serverId: string): string {
    const server = this.#parts.serverIndex.find(serverId);
    if (!server) throw noSuchServer();
    return server.nodeId;
  }

  ask<Name extends FileCall>(
    name: Name,
    serverId: string,
    input: Asked<Name>,
  ): Promise<AgentCallOutput<Name>> {
    const asked = { serverId, ...input } as unknown as AgentCallInput<Name>;
    return this.#parts.agents.call(this.nodeOf(serverId), name, asked);
  }
}

export const at = (path: Buffer) => ({ pathBase64: path.toString('base64') });

export function toStats(stats: z.output<typeof AgentFileStats>): FileStats {
  const { type, sizeBytes, mode, modifiedAt, version, leadsTo } = stats;
  return {
    ...{ type, sizeBytes, mode: `0${mode.toString(8).padStart(3, '0')}` },
    ...{ modifiedAt: lastWritten(modifiedAt), version },
    ...(leadsTo !== undefined && { leadsTo }),
  };
}

/** A game can set any time, also one that no calendar has. */
function lastWritten(milliseconds: number): Date {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9999 ? date : new Date(0);
}

function toEntry({ nameBase64, ...stats }: z.output<typeof AgentFileEntry>): FileEntry {
  const { text, base64 } = toText(Buffer.from(nameBase64, 'base64'));
  return { name: text, ...(base64 !== undefined && { nameBase64: base64 }), ...toStats(stats) };
}
