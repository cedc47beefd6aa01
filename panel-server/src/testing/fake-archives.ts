import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { archiveAgentCalls, FileTask } from '@catalyst/shared/features/archives-link';
import type { FakeFiles } from './fake-files.ts';

interface FakeArchivesParts {
  files: FakeFiles;
  tell(task: FileTask): void;
  panelUrl(): string;
}

type Entry = Awaited<ReturnType<CallHandlers<typeof archiveAgentCalls>['archives:list']>>['entries'][number];

const textOf = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');

/** The archives of a fake agent: what it packs is a text that names what was asked for, and done at once unless held. */
export class FakeArchives {
  readonly tasks = new Map<string, FileTask>();
  /** What an archive holds, whichever it is. */
  entries: Entry[] = [];
  /** Tasks stay under way until they are cancelled. */
  isHeld = false;
  readonly #parts: FakeArchivesParts;

  constructor(parts: FakeArchivesParts) {
    this.#parts = parts;
  }

  readonly answers: CallHandlers<typeof archiveAgentCalls> = {
    'archives:compress': ({ serverId, taskId, pathBase64, namesBase64, toBase64, format, replace }) => {
      const task = this.#begin(taskId, serverId, 'compress');
      const to = textOf(toBase64);
      const isThere = this.#parts.files.content(serverId, to) !== undefined;
      if (isThere && !replace)
        return { task: this.#end(task, new AppError('conflict', 'It is there already')) };
      if (this.isHeld) return { task };
      this.#parts.files.put(serverId, to, packed(format, pathBase64, namesBase64));
      return { task: this.#end(task, null) };
    },
    'archives:decompress': ({ serverId, taskId, pathBase64, toBase64 }) => {
      const task = this.#begin(taskId, serverId, 'decompress');
      const content = this.#parts.files.content(serverId, textOf(pathBase64));
      if (content === undefined) return { task: this.#end(task, missing()) };
      if (this.isHeld) return { task };
      this.#parts.files.put(serverId, [textOf(toBase64), 'unpacked'].filter(Boolean).join('/'), content);
      return { task: this.#end(task, null) };
    },
    'archives:list': ({ serverId, pathBase64, skip, limit }) => {
      if (this.#parts.files.content(serverId, textOf(pathBase64)) === undefined) throw missing();
      const entries = this.entries.slice(skip, skip + limit);
      return { entries, hasMore: this.entries.length > skip + limit };
    },
    'archives:send': ({ serverId, pathBase64, namesBase64, format, ticket }) => {
      const paths = this.#parts.files.paths(serverId);
      const folder = textOf(pathBase64);
      for (const name of namesBase64.map(textOf)) {
        if (!paths.includes([folder, name].filter(Boolean).join('/'))) throw missing();
      }
      void this.#deliver(ticket, packed(format, pathBase64, namesBase64));
      return {};
    },
    'archives:tasks': ({ serverId }) => ({
      tasks: [...this.tasks.values()].filter((task) => task.serverId === serverId),
    }),
    'archives:cancel': ({ serverId, taskId }) => {
      const task = this.tasks.get(taskId);
      if (task?.serverId !== serverId) throw new AppError('not_found', 'There is no such task');
      if (task.status === 'running') this.#change(task, { status: 'cancelled' });
      return {};
    },
  };

  #begin(id: string, serverId: string, kind: FileTask['kind']): FileTask {
    const figures = { doneBytes: 0, totalBytes: null, doneEntries: 0, skippedCount: 0 };
    return this.#change({ id, serverId, kind, status: 'running', ...figures, error: null }, {});
  }

  #end(task: FileTask, error: AppError | null): FileTask {
    if (!error) return this.#change(task, { status: 'succeeded', totalBytes: 0 });
    return this.#change(task, { status: 'failed', error: { code: error.code, message: error.message } });
  }

  #change(task: FileTask, changes: Partial<FileTask>): FileTask {
    const changed = { ...task, ...changes };
    this.tasks.set(task.id, changed);
    this.#parts.tell(changed);
    return changed;
  }

  async #deliver(ticket: string, body: string): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream' };
    await fetch(`${this.#parts.panelUrl()}/api/data/${ticket}`, { method: 'POST', headers, body }).catch(
      () => {},
    );
  }
}

const packed = (format: string, pathBase64: string, namesBase64: string[]) =>
  `${format} of ${textOf(pathBase64)}: ${namesBase64.map(textOf).join(', ')}`;

const missing = () => new AppError('not_found', 'There is no such file or folder');
