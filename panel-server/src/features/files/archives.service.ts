import type { IncomingMessage } from 'node:http';
import { AppError } from '@catalyst/shared/contract/errors';
import type { ArchiveEntry } from '@catalyst/shared/features/archives';
import type { ArchiveFormat, FileTask } from '@catalyst/shared/features/archives-link';
import { v7 as uuid } from 'uuid';
import type { AgentCallInput, AgentCallOutput, AgentCalls } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { ClientFeed } from '../../realtime/client-feed.ts';
import type { Tickets } from '../data-plane/tickets.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import type { ArchiveSource } from './archive-paths.ts';
import { toText } from './file-path.ts';
import type { FilesService } from './files.service.ts';

interface ArchivesParts {
  agents: AgentDoor;
  browsers: ClientFeed;
  serverIndex: ServerIndex;
  tickets: Tickets;
  files: FilesService;
}

type ArchiveCall = Extract<keyof AgentCalls, `archives:${string}`>;

const inBase64 = (bytes: Buffer) => bytes.toString('base64');
const onSource = ({ folder, names }: ArchiveSource) => ({
  pathBase64: inBase64(folder),
  namesBase64: names.map(inBase64),
});

/** Archives are made and taken apart by the agents, who keep how far that is. */
export class ArchivesService {
  readonly #parts: ArchivesParts;

  constructor(parts: ArchivesParts) {
    this.#parts = parts;
  }

  async compress(
    serverId: string,
    source: ArchiveSource,
    { to, format, replace }: { to: Buffer; format: ArchiveFormat; replace: boolean },
  ): Promise<FileTask> {
    const input = { ...onSource(source), toBase64: inBase64(to), format, replace, taskId: uuid() };
    return (await this.#ask('archives:compress', serverId, input)).task;
  }

  async decompress(serverId: string, path: Buffer, to: Buffer, replace: boolean): Promise<FileTask> {
    const input = { pathBase64: inBase64(path), toBase64: inBase64(to), replace, taskId: uuid() };
    return (await this.#ask('archives:decompress', serverId, input)).task;
  }

  async list(
    serverId: string,
    path: Buffer,
    { limit, cursor = '0' }: { limit: number; cursor?: string | undefined },
  ): Promise<{ items: ArchiveEntry[]; nextCursor: string | null }> {
    const skip = Number(cursor);
    const input = { pathBase64: inBase64(path), skip, limit };
    const { entries, hasMore } = await this.#ask('archives:list', serverId, input);
    const items = entries.map(({ pathBase64, mode, ...entry }) => {
      const { text, base64 } = toText(Buffer.from(pathBase64, 'base64'));
      return {
        ...{ path: text, ...(base64 !== undefined && { pathBase64: base64 }), ...entry },
        mode: mode === null ? null : `0${mode.toString(8).padStart(3, '0')}`,
      };
    });
    return { items, nextCursor: hasMore ? String(skip + entries.length) : null };
  }

  async tasks(serverId: string): Promise<FileTask[]> {
    return (await this.#ask('archives:tasks', serverId, {})).tasks;
  }

  async task(serverId: string, taskId: string): Promise<FileTask> {
    const task = (await this.tasks(serverId)).find(({ id }) => id === taskId);
    if (task) return task;
    throw new AppError('not_found', 'There is no such task');
  }

  async cancel(serverId: string, taskId: string): Promise<void> {
    await this.#ask('archives:cancel', serverId, { taskId });
  }

  /** Begins to send an archive, which is made meanwhile; the stream breaks off when it cannot be made to its end. */
  async download(
    serverId: string,
    source: ArchiveSource,
    format: ArchiveFormat,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { files, tickets } = this.#parts;
    const ticket = tickets.issue({ nodeId: files.nodeOf(serverId), kind: 'archive-download' });
    const input = { ...onSource(source), format, ticket: ticket.id };
    try {
      return await ticket.arrived(this.#ask('archives:send', serverId, input), signal);
    } catch (error) {
      ticket.cancel();
      throw error;
    }
  }

  /** An agent says how far a task of its own is. */
  progress(task: FileTask): void {
    const place = this.#parts.serverIndex.find(task.serverId);
    if (!place) return;
    this.#parts.browsers.toServer({ ...place, id: task.serverId }, 'file_task_progress', task);
  }

  #ask<Name extends ArchiveCall>(
    name: Name,
    serverId: string,
    input: Omit<AgentCallInput<Name>, 'serverId'>,
  ): Promise<AgentCallOutput<Name>> {
    const { agents, files } = this.#parts;
    const asked = { serverId, ...input } as unknown as AgentCallInput<Name>;
    return agents.call(files.nodeOf(serverId), name, asked);
  }
}
