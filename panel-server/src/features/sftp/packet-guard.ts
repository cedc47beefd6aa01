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

/** More than any client asks before it waits for answers. */
const mostUnanswered = 2000;

/** Looks at each packet of one session: whether it may be asked now, and what of it is to be written down. */
export class PacketGuard {
  readonly #access: AccessRules;
  readonly #record: SessionRecord;
  readonly #login: SftpLogin;
  readonly #unanswered = new Map<number, Action>();
  #isBegun = false;

  constructor(access: AccessRules, record: SessionRecord, login: SftpLogin) {
    this.#access = access;
    this.#record = record;
    this.#login = login;
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
      return frame;
    }
    const request = parseRequest(frame);
    // Not told to the agent: what it is not asked for, it cannot take for an answer of ours.
    if (request.kind === 'unknown') {
      return statusAnswer(request.id, statusCode.unsupported, 'This server does not know how to do that');
    }
    const missing = this.#missing(request);
    const action = actionOf(request);
    if (missing) {
      if (action) this.#record.add(action, 'forbidden');
      const message = `This needs the permission ${missing} on a server that is not suspended`;
      return statusAnswer(request.id, statusCode.permissionDenied, message);
    }
    return action ? this.#begin(request, action, frame) : frame;
  }

  answered({ type, id, code }: AnswerHead): void {
    const action = this.#unanswered.get(id);
    if (!action) return;
    this.#unanswered.delete(id);
    const isDone = type !== packetType.status || code === statusCode.ok;
    this.#record.add(action, isDone ? undefined : (errorCodes.get(code ?? -1) ?? 'conflict'));
  }

  /** What cannot be written down is not begun. */
  async #begin(request: SftpRequest, action: Action, frame: Buffer): Promise<Buffer> {
    try {
      await this.#record.ensureWritable();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return statusAnswer(request.id, statusCode.failure, error.message);
    }
    if (this.#unanswered.size >= mostUnanswered) throw new MalformedPacket('Too many requests at once');
    this.#unanswered.set(request.id, action);
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
