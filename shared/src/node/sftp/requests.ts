import { type Attributes, FieldReader } from './fields.ts';
import { lengthBytes } from './frames.ts';
import { MalformedPacket, mostDataBytes, mostHandleBytes, packetType } from './protocol.ts';

interface Shapes {
  open: { path: Buffer; flags: number; attributes: Attributes };
  close: { handle: Buffer };
  read: { handle: Buffer; offset: number; length: number };
  write: { handle: Buffer; offset: number; data: Buffer };
  lstat: { path: Buffer };
  fstat: { handle: Buffer };
  setstat: { path: Buffer; attributes: Attributes };
  fsetstat: { handle: Buffer; attributes: Attributes };
  opendir: { path: Buffer };
  readdir: { handle: Buffer };
  remove: { path: Buffer };
  mkdir: { path: Buffer; attributes: Attributes };
  rmdir: { path: Buffer };
  realpath: { path: Buffer };
  stat: { path: Buffer };
  rename: { path: Buffer; to: Buffer };
  readlink: { path: Buffer };
  symlink: { path: Buffer; target: Buffer };
  'posix-rename': { path: Buffer; to: Buffer };
  statvfs: { path: Buffer };
  fstatvfs: { handle: Buffer };
  fsync: { handle: Buffer };
  limits: object;
  /** Answered with `unsupported`. */
  unknown: object;
}

export type RequestKind = keyof Shapes;
export type RequestOf<Kind extends RequestKind> = { kind: Kind; id: number } & Shapes[Kind];
/** What a client asks, after `init`. Paths, names and handles are the bytes as they came. */
export type SftpRequest = { [Kind in RequestKind]: RequestOf<Kind> }[RequestKind];

/** The version that a client speaks, of its first packet. Throws MalformedPacket for any other. */
export function parseInit(frame: Buffer): number {
  const fields = new FieldReader(frame, lengthBytes);
  if (fields.uint8() !== packetType.init) throw new MalformedPacket('The first packet must say the version');
  return fields.uint32();
}

/** Throws MalformedPacket for what cannot be a request. What follows the known fields is left alone, as OpenSSH does. */
export function parseRequest(frame: Buffer): SftpRequest {
  const fields = new FieldReader(frame, lengthBytes);
  const type = fields.uint8();
  if (type === packetType.init) throw new MalformedPacket('The version is said once');
  const id = fields.uint32();
  if (type === packetType.extended) return parseExtended(id, fields);
  const kind = kinds.get(type);
  if (!kind) return { kind: 'unknown', id };
  return { kind, id, ...readers[kind](fields) } as SftpRequest;
}

const kinds = new Map<number, keyof typeof readers>(
  [
    ...(['open', 'close', 'read', 'write', 'lstat', 'fstat', 'setstat', 'fsetstat', 'opendir'] as const),
    ...([
      'readdir',
      'remove',
      'mkdir',
      'rmdir',
      'realpath',
      'stat',
      'rename',
      'readlink',
      'symlink',
    ] as const),
  ].map((kind) => [packetType[kind], kind]),
);

const readPath = (fields: FieldReader) => ({ path: fields.bytes() });
const readHandle = (fields: FieldReader) => ({ handle: handleOf(fields) });
const readRename = (fields: FieldReader) => ({ path: fields.bytes(), to: fields.bytes() });

const readers = {
  open: (fields: FieldReader) => ({
    ...{ path: fields.bytes(), flags: fields.uint32(), attributes: fields.attributes() },
  }),
  close: readHandle,
  read: (fields: FieldReader) => ({
    handle: handleOf(fields),
    offset: fields.uint64(),
    // A client gets less where it asks for more, as the protocol allows.
    length: Math.min(fields.uint32(), mostDataBytes),
  }),
  write: (fields: FieldReader) => ({
    ...{ handle: handleOf(fields), offset: fields.uint64(), data: fields.bytes() },
  }),
  lstat: readPath,
  fstat: readHandle,
  setstat: (fields: FieldReader) => ({ path: fields.bytes(), attributes: fields.attributes() }),
  fsetstat: (fields: FieldReader) => ({ handle: handleOf(fields), attributes: fields.attributes() }),
  opendir: readPath,
  readdir: readHandle,
  remove: readPath,
  mkdir: (fields: FieldReader) => ({ path: fields.bytes(), attributes: fields.attributes() }),
  rmdir: readPath,
  realpath: readPath,
  stat: readPath,
  rename: readRename,
  readlink: readPath,
  // OpenSSH's server has them the other way round than the draft, and all clients follow it.
  symlink: (fields: FieldReader) => ({ target: fields.bytes(), path: fields.bytes() }),
};

function parseExtended(id: number, fields: FieldReader): SftpRequest {
  switch (fields.bytes().toString('latin1')) {
    case 'posix-rename@openssh.com':
      return { kind: 'posix-rename', id, ...readRename(fields) };
    case 'statvfs@openssh.com':
      return { kind: 'statvfs', id, ...readPath(fields) };
    case 'fstatvfs@openssh.com':
      return { kind: 'fstatvfs', id, ...readHandle(fields) };
    case 'fsync@openssh.com':
      return { kind: 'fsync', id, ...readHandle(fields) };
    case 'limits@openssh.com':
      return { kind: 'limits', id };
    default:
      return { kind: 'unknown', id };
  }
}

function handleOf(fields: FieldReader): Buffer {
  const handle = fields.bytes();
  if (handle.length > mostHandleBytes) throw new MalformedPacket('A handle is too long');
  return handle;
}
