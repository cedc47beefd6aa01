import { MalformedPacket } from './protocol.ts';

/** File attributes as SFTP tells and asks for them; what is left out is not known, or not to be changed. */
export interface Attributes {
  sizeBytes?: number;
  owner?: { uid: number; gid: number };
  /** With the bits for the type, where there are any. */
  permissions?: number;
  /** In seconds since 1970. */
  times?: { accessedAt: number; modifiedAt: number };
}

const attributeFlag = { size: 1, owner: 2, permissions: 4, times: 8, extended: 0x80000000 } as const;

/** Reads a packet's fields in their order. Throws MalformedPacket where one is cut short. */
export class FieldReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get bytesLeft(): number {
    return this.#bytes.length - this.#position;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** Past 2^53 not exact, which no file is large enough for anyway. */
  uint64(): number {
    return Number(this.#bytes.readBigUInt64BE(this.#take(8)));
  }

  bytes(): Buffer {
    const length = this.uint32();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  attributes(): Attributes {
    const flags = this.uint32();
    const attributes: Attributes = {};
    if (flags & attributeFlag.size) attributes.sizeBytes = this.uint64();
    if (flags & attributeFlag.owner) attributes.owner = { uid: this.uint32(), gid: this.uint32() };
    if (flags & attributeFlag.permissions) attributes.permissions = this.uint32();
    if (flags & attributeFlag.times) {
      attributes.times = { accessedAt: this.uint32(), modifiedAt: this.uint32() };
    }
    if (flags & attributeFlag.extended) {
      for (let left = this.uint32(); left > 0; left -= 1) {
        this.bytes();
        this.bytes();
      }
    }
    return attributes;
  }

  #take(length: number): number {
    if (length > this.bytesLeft) throw new MalformedPacket('A packet ends in the middle of a field');
    const start = this.#position;
    this.#position += length;
    return start;
  }
}

export const uint8 = (value: number): Buffer => Buffer.from([value]);

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(Math.max(0, Math.trunc(value))));
  return bytes;
}

export const bytesField = (value: Uint8Array): Buffer => Buffer.concat([uint32(value.length), value]);

export const textField = (text: string): Buffer => bytesField(Buffer.from(text));

export function attributesField({ sizeBytes, owner, permissions, times }: Attributes): Buffer {
  let flags = 0;
  const fields: Buffer[] = [];
  if (sizeBytes !== undefined) {
    flags |= attributeFlag.size;
    fields.push(uint64(sizeBytes));
  }
  if (owner) {
    flags |= attributeFlag.owner;
    fields.push(uint32(owner.uid), uint32(owner.gid));
  }
  if (permissions !== undefined) {
    flags |= attributeFlag.permissions;
    fields.push(uint32(permissions));
  }
  if (times) {
    flags |= attributeFlag.times;
    fields.push(uint32(times.accessedAt), uint32(times.modifiedAt));
  }
  return Buffer.concat([uint32(flags), ...fields]);
}
