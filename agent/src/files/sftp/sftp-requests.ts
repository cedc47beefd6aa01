import { AppError } from '@catalyst/shared/contract/errors';
import {
  attributesAnswer,
  dataAnswer,
  handleAnswer,
  limitsAnswer,
  nameAnswer,
  spaceAnswer,
  statusAnswer,
} from '@catalyst/shared/node/sftp/answers';
import type { Attributes } from '@catalyst/shared/node/sftp/fields';
import { statusCode } from '@catalyst/shared/node/sftp/protocol';
import type { RequestKind, RequestOf, SftpRequest } from '@catalyst/shared/node/sftp/requests';
import type { EntryStats } from '../entry-stats.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { toAttributes } from './attributes.ts';
import { pathForClient, pathFromClient } from './client-path.ts';
import { Listing } from './listing.ts';
import { mostGapBytes, openFile } from './open-file.ts';
import type { OpenFile, OpenHandles } from './open-handles.ts';

interface Session {
  directory: ServerDirectory;
  handles: OpenHandles;
}

type Answers = {
  [Kind in RequestKind]: (session: Session, request: RequestOf<Kind>) => Promise<Buffer> | Buffer;
};

const atOnce = { isDurable: false };

/** Does what is asked, and gives the answer. Throws AppErrors for what cannot be done. */
export function answerTo(session: Session, request: SftpRequest): Promise<Buffer> | Buffer {
  const answer = answers[request.kind] as (
    session: Session,
    request: SftpRequest,
  ) => Promise<Buffer> | Buffer;
  return answer(session, request);
}

const answers: Answers = {
  open: async ({ directory, handles }, request) => {
    handles.ensureRoom();
    return handleAnswer(request.id, handles.add(await openFile(directory, request)));
  },
  close: async ({ handles }, { id, handle }) => {
    await handles.close(handle);
    return done(id);
  },
  read: async ({ handles }, { id, handle, offset, length }) => {
    const { reader } = handles.file(handle);
    if (!reader) throw new AppError('forbidden', 'This file is not open for reading');
    const answer = dataAnswer(id, length);
    const bytes = await reader.read(answer.data, offset);
    return bytes === 0 && length > 0 ? endOfFile(id) : answer.finish(bytes);
  },
  write: async ({ handles }, { id, handle, offset, data }) => {
    const file = handles.file(handle);
    if (file.appends) await writerOf(file).append(data);
    else await writerOf(file).write(data, offset);
    return done(id);
  },
  lstat: async ({ directory }, { id, path }) =>
    attributesAnswer(id, toAttributes(await directory.stat(pathFromClient(path)))),
  stat: async ({ directory }, { id, path }) =>
    attributesAnswer(id, toAttributes(await directory.stat(pathFromClient(path), { links: 'follow' }))),
  fstat: async ({ handles }, { id, handle }) => {
    const open = handles.any(handle);
    return attributesAnswer(id, toAttributes(open.kind === 'file' ? await open.stat() : open.stats));
  },
  setstat: async ({ directory }, { id, path, attributes }) => {
    await setOnPath(directory, pathFromClient(path), attributes);
    return done(id);
  },
  fsetstat: async ({ handles }, { id, handle, attributes }) => {
    await setOnFile(handles.file(handle), attributes);
    return done(id);
  },
  opendir: async ({ directory, handles }, { id, path }) => {
    handles.ensureRoom();
    const folder = pathFromClient(path);
    const stats = await directory.stat(folder, { links: 'follow' });
    if (stats.type !== 'folder') throw new AppError('invalid_input', 'This is not a folder');
    return handleAnswer(id, handles.add(new Listing(directory, folder, stats)));
  },
  readdir: async ({ handles }, { id, handle }) => {
    const entries = await handles.folder(handle).next();
    return entries.length === 0 ? endOfFile(id) : nameAnswer(id, entries);
  },
  remove: async ({ directory }, { id, path }) => {
    await directory.deleteFile(pathFromClient(path));
    return done(id);
  },
  mkdir: async ({ directory }, { id, path }) => {
    await directory.makeFolder(pathFromClient(path), atOnce);
    return done(id);
  },
  rmdir: async ({ directory }, { id, path }) => {
    await directory.deleteEmptyFolder(pathFromClient(path));
    return done(id);
  },
  realpath: (_session, { id, path }) => oneName(id, pathForClient(pathFromClient(path))),
  rename: async ({ directory }, { id, path, to }) => {
    await directory.rename(pathFromClient(path), pathFromClient(to), { ...atOnce, ifExists: 'refuse' });
    return done(id);
  },
  'posix-rename': async ({ directory }, { id, path, to }) => {
    await directory.rename(pathFromClient(path), pathFromClient(to), { ...atOnce, ifExists: 'replace' });
    return done(id);
  },
  readlink: async ({ directory }, { id, path }) =>
    oneName(id, await directory.readLink(pathFromClient(path))),
  symlink: async ({ directory }, { id, path, target }) => {
    await directory.makeLink(pathFromClient(path), target, atOnce);
    return done(id);
  },
  statvfs: async ({ directory }, { id }) => spaceAnswer(id, await directory.freeSpace()),
  fstatvfs: async ({ directory, handles }, { id, handle }) => {
    handles.any(handle);
    return spaceAnswer(id, await directory.freeSpace());
  },
  fsync: async ({ handles }, { id, handle }) => {
    await writerOf(handles.file(handle)).sync();
    return done(id);
  },
  limits: (_session, { id }) => limitsAnswer(id),
  unknown: (_session, { id }) =>
    statusAnswer(id, statusCode.unsupported, 'This server does not know how to do that'),
};

const done = (id: number) => statusAnswer(id, statusCode.ok, 'Success');
const endOfFile = (id: number) => statusAnswer(id, statusCode.endOfFile, 'End of file');
const oneName = (id: number, name: Buffer) => nameAnswer(id, [{ name, line: name, attributes: {} }]);

function writerOf({ writer }: OpenFile) {
  if (!writer) throw new AppError('forbidden', 'This file is not open for writing');
  return writer;
}

async function setOnPath(directory: ServerDirectory, path: Buffer, attributes: Attributes): Promise<void> {
  const { sizeBytes, permissions, times, owner } = attributes;
  if (owner) refuseOther(owner, await directory.stat(path, { links: 'follow' }));
  if (sizeBytes !== undefined) {
    await using file = await directory.openForWriting(path, { mostGapBytes });
    await file.truncate(sizeBytes);
  }
  if (permissions !== undefined) await directory.chmod(path, permissions & 0o7777);
  if (times) await directory.setTimes(path, toDates(times));
}

async function setOnFile(file: OpenFile, attributes: Attributes): Promise<void> {
  const { sizeBytes, permissions, times, owner } = attributes;
  if (owner) refuseOther(owner, await file.stat());
  const writer = writerOf(file);
  if (sizeBytes !== undefined) await writer.truncate(sizeBytes);
  if (permissions !== undefined) await writer.chmod(permissions);
  if (times) {
    const { accessedAt, modifiedAt } = toDates(times);
    await writer.setTimes(accessedAt, modifiedAt);
  }
}

/** Files are the server's; clients that set what is there already are not told off. */
function refuseOther({ uid, gid }: { uid: number; gid: number }, stats: EntryStats): void {
  if (uid === stats.uid && gid === stats.gid) return;
  throw new AppError('forbidden', 'Files belong to the server, and to nobody else');
}

const toDates = ({ accessedAt, modifiedAt }: { accessedAt: number; modifiedAt: number }) => ({
  accessedAt: new Date(accessedAt * 1000),
  modifiedAt: new Date(modifiedAt * 1000),
});
