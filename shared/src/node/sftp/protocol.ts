/** What SFTP version 3 calls its packets (draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL file). */
export const packetType = {
  ...{ init: 1, version: 2, open: 3, close: 4, read: 5, write: 6, lstat: 7, fstat: 8, setstat: 9 },
  ...{ fsetstat: 10, opendir: 11, readdir: 12, remove: 13, mkdir: 14, rmdir: 15, realpath: 16, stat: 17 },
  ...{ rename: 18, readlink: 19, symlink: 20 },
  ...{ status: 101, handle: 102, data: 103, name: 104, attributes: 105 },
  ...{ extended: 200, extendedReply: 201 },
} as const;

export const statusCode = {
  ...{ ok: 0, endOfFile: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, badMessage: 5, unsupported: 8 },
} as const;

export const openFlag = {
  ...{ read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 },
} as const;

/** Of the types of inodes in `permissions`. */
export const modeType = {
  ...{ fifo: 0o010000, device: 0o020000, folder: 0o040000, file: 0o100000, link: 0o120000, socket: 0o140000 },
} as const;

/** As OpenSSH has it, the length field not counted. */
export const mostPacketBytes = 256 * 1024;
/** What is left of it for data when the fields around take their most. */
export const mostDataBytes = mostPacketBytes - 1024;
export const mostHandles = 100;
/** Ours are 4 bytes; a client must not make us remember more than it was given. */
export const mostHandleBytes = 256;

/** The other side does not speak the protocol: nothing more of it can be understood. */
export class MalformedPacket extends Error {
  override readonly name = 'MalformedPacket';
}
