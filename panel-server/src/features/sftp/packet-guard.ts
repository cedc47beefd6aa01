import { EventEmitter, once } from 'node:events';
import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import { statusAnswer } from '@catalyst/shared/node/sftp/answers';
import { type AnswerHead, isKeepAlive } from '@catalyst/shared/node/sftp/frames';
import { MalformedPacket, openFlag, packetType, statusCode } from '@catalyst/shared/node/sftp/protocol';
import { parseInit, parseRequest, type SftpRequest } from '@catalyst/shared/node/sftp/requests';
import type { AccessRules } from '../../access.ts';
import { toText } from '../files/file-path.ts';
import type { Action, SessionRecord } from './session-record.ts';
import type { SftpLogin } from './sftp-sign-in.ts';

/** Whoever asks more at once waits; some clients ask for a whole file before they take the first answer. */
const mostUnanswered = 2000;

interface Unanswered {
  /** Of the request; the first packet has none. */
  id: number | undefined;
  /** What is written down with the answer. */
  action: Action | undefined;
}

/** Looks at each packet of one session: whether it may be asked now, and what of it is to be written down. */
export class PacketGuard {
  readonly #access: AccessRules;
  readonly #record: SessionRecord;
  readonly #login: SftpLogin;
  /** All that was passed on, in its order, which is that of the answers: clients may use a number twice. */
  readonly #unanswered: Unanswered[] = [];
  readonly #room = new EventEmitter();
  #isBegun = false;
  #isOver = false;

  constructor(access: AccessRules, record: SessionRecord, login: SftpLogin) {
    this.#access = access;
    this.#record = record;
    this.#login = login;
  }

  /** Resolves when one more may be asked. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#unanswered.length >= mostUnanswered) await once(this.#room, 'answered', { signal });
  }

  /**
   * What goes on to the agent: the packet, or in its place the answer that refuses it, which comes back in its turn.
   * Throws MalformedPacket for what is no request.
   */
  check(frame: Buffer): Buffer | Promise<Buffer> {
    if (isKeepAlive(frame)) throw new MalformedPacket('A packet is empty');
    if (!this.#isBegun) {
      parseInit(frame);
      this.#isBegun = true;
      return this.#pass(frame, undefined);
    }
    const request = parseRequest(frame);
    // Not told to the agent: what it is not asked for, it cannot take for an answer of ours.
    if (request.kind === 'unknown') {
      return this.#refuse(request, statusCode.unsupported, 'This server does not know how to do that');
    }
    const action = actionOf(request);
    return action ? this.#begin(request, action, frame) : this.#judge(request, undefined, frame);
  }

  answered({ type, id, code }: AnswerHead): void {
    const asked = this.#unanswered.shift();
    if (!asked || (asked.id !== undefined && asked.id !== id))
      throw new Error('The agent answers out of turn');
    this.#room.emit('answered');
    if (!asked.action) return;
    const isDone = type !== packetType.status || code === statusCode.ok;
    this.#record.add(asked.action, isDone ? undefined : (errorCodes.get(code ?? -1) ?? 'conflict'));
  }

  /** What has no answer yet gets none any more; it may have been done all the same. */
  end(): void {
    this.#isOver = true;
    for (const { action } of this.#unanswered.splice(0)) if (action) this.#record.add(action, 'unavailable');
  }

  /** What cannot be written down is not begun. */
  async #begin(request: SftpRequest, action: Action, frame: Buffer): Promise<Buffer> {
    try {
      await this.#record.ready();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return this.#refuse(request, statusCode.failure, error.message);
    }
    return this.#judge(request, action, frame);
  }

  #judge(request: SftpRequest, action: Action | undefined, frame: Buffer): Buffer {
    const missing = this.#missing(request);
    if (!missing) return this.#pass(frame, request.id, action);
    if (action) this.#record.addRefusal(action);
    const message = `This needs the permission ${missing} on a server that is not suspended`;
    return this.#refuse(request, statusCode.permissionDenied, message);
  }

  #refuse({ id }: SftpRequest, code: number, message: string): Buffer {
    return this.#pass(statusAnswer(id, code, message), id);
  }

  #pass(frame: Buffer, id: number | undefined, action?: Action): Buffer {
    if (this.#isOver) throw new MalformedPacket('The session is over');
    this.#unanswered.push({ id, action });
    return frame;
  }

  #missing(request: SftpRequest): Permission | undefined {
    const { caller, serverId } = this.#login;
    return neededFor(request).find((permission) => !this.#access.mayOnServer(caller, permission, serverId));
  }
}

const errorCodes = new Map<number, ErrorCode>([
  [statusCode.noSuchFile, 'not_found'],
  [statusCode.permissionDenied, 'forbidden'],
]);

const writing = openFlag.write | openFlag.append | openFlag.create | openFlag.truncate;

function neededFor(request: SftpRequest): readonly Permission[] {
  if (request.kind !== 'open') return needed[request.kind];
  const reads = request.flags & openFlag.read;
  if (request.flags & writing) return reads ? ['file.read', 'file.write'] : ['file.write'];
  return ['file.read'];
}

const reading: readonly Permission[] = ['file.read'];
const changing: readonly Permission[] = ['file.write'];
const deleting: readonly Permission[] = ['file.delete'];
const nothing: readonly Permission[] = [];

const needed: Record<Exclude<SftpRequest['kind'], 'open'>, readonly Permission[]> = {
  ...{ read: reading, lstat: reading, stat: reading, fstat: reading, opendir: reading, readdir: reading },
  ...{ readlink: reading, statvfs: reading, fstatvfs: reading },
  ...{ write: changing, setstat: changing, fsetstat: changing, mkdir: changing, rename: changing },
  ...{ 'posix-rename': changing, symlink: changing, fsync: changing },
  ...{ remove: deleting, rmdir: deleting },
  // They tell nothing of what is there, and what was opened is to be closed.
  ...{ close: nothing, realpath: nothing, limits: nothing, unknown: nothing },
};

/** What is written down, by the names that the website's actions have. Of a file that is open, opening it stands for all. */
function actionOf(request: SftpRequest): Action | undefined {
  switch (request.kind) {
    case 'open':
      return {
        name: request.flags & writing ? 'file.upload' : 'file.download',
        details: pathOf(request.path),
      };
    case 'mkdir':
      return { name: 'file.create', details: { ...pathOf(request.path), type: 'folder' } };
    case 'remove':
    case 'rmdir':
      return { name: 'file.delete', details: pathOf(request.path) };
    case 'rename':
    case 'posix-rename':
      return { name: 'file.rename', details: { ...pathOf(request.path), ...pathOf(request.to, 'to') } };
    case 'symlink':
      return { name: 'file.link', details: { ...pathOf(request.path), ...pathOf(request.target, 'target') } };
    case 'setstat': {
      const { sizeBytes, permissions, times } = request.attributes;
      const mode = permissions === undefined ? undefined : `0${(permissions & 0o7777).toString(8)}`;
      const details = { ...pathOf(request.path), sizeBytes, mode, setsTimes: times !== undefined };
      return { name: 'file.set-attributes', details };
    }
    default:
      return undefined;
  }
}

const mostPathBytes = 4096;

function pathOf(bytes: Buffer, field = 'path'): Record<string, string> {
  const { text, base64 } = toText(bytes.subarray(0, mostPathBytes));
  return { [field]: text, ...(base64 !== undefined && { [`${field}Base64`]: base64 }) };
}
