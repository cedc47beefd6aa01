import { type Attributes, attributesField, bytesField, textField, uint8, uint32, uint64 } from './fields.ts';
import { frameOf, lengthBytes } from './frames.ts';
import { mostDataBytes, mostHandles, mostPacketBytes, packetType } from './protocol.ts';

/** What this server speaks, and what it does beyond that. */
const extensions: Record<string, string> = {
  'posix-rename@openssh.com': '1',
  'statvfs@openssh.com': '2',
  'fstatvfs@openssh.com': '2',
  'fsync@openssh.com': '1',
  'limits@openssh.com': '1',
};

export function versionAnswer(): Buffer {
  const told = Object.entries(extensions).flatMap(([name, version]) => [textField(name), textField(version)]);
  return frameOf(uint8(packetType.version), uint32(3), ...told);
}

export const statusAnswer = (id: number, code: number, message: string): Buffer =>
  frameOf(uint8(packetType.status), uint32(id), uint32(code), textField(message), textField('en'));

export const handleAnswer = (id: number, handle: Uint8Array): Buffer =>
  frameOf(uint8(packetType.handle), uint32(id), bytesField(handle));

const dataHeadBytes = lengthBytes + 9;

/** A frame for so many bytes, which are read straight into `data`; `finish` gives what came of it. */
export function dataAnswer(id: number, mostBytes: number) {
  const frame = Buffer.allocUnsafeSlow(dataHeadBytes + mostBytes);
  return {
    data: frame.subarray(dataHeadBytes),
    finish(bytes: number): Buffer {
      frame.writeUInt32BE(9 + bytes);
      frame.writeUInt8(packetType.data, lengthBytes);
      frame.writeUInt32BE(id, lengthBytes + 1);
      frame.writeUInt32BE(bytes, lengthBytes + 5);
      return frame.subarray(0, dataHeadBytes + bytes);
    },
  };
}

export interface NamedEntry {
  name: Uint8Array;
  /** As a line of `ls -l`; clients show it as it is. */
  line: Uint8Array;
  attributes: Attributes;
}

export function nameAnswer(id: number, entries: readonly NamedEntry[]): Buffer {
  const fields = entries.map(({ name, line, attributes }) =>
    Buffer.concat([bytesField(name), bytesField(line), attributesField(attributes)]),
  );
  return frameOf(uint8(packetType.name), uint32(id), uint32(entries.length), ...fields);
}

export const attributesAnswer = (id: number, attributes: Attributes): Buffer =>
  frameOf(uint8(packetType.attributes), uint32(id), attributesField(attributes));

const blockBytes = 4096;
/** The set-user-id bit counts for nothing here. */
const noSetuid = 2;

export function spaceAnswer(id: number, space: { totalBytes: number; freeBytes: number }): Buffer {
  const blocks = Math.floor(space.totalBytes / blockBytes);
  const free = Math.floor(space.freeBytes / blockBytes);
  const files = [0, 0, 0];
  const numbers = [blockBytes, blockBytes, blocks, free, free, ...files, 0, noSetuid, 255];
  return frameOf(uint8(packetType.extendedReply), uint32(id), ...numbers.map(uint64));
}

export const limitsAnswer = (id: number): Buffer =>
  frameOf(
    uint8(packetType.extendedReply),
    uint32(id),
    ...[mostPacketBytes, mostDataBytes, mostDataBytes, mostHandles].map(uint64),
  );
