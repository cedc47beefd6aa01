import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * One field of a message, in proto3: unset and default are the same, and are not sent. 64-bit integers are numbers:
 * encoding refuses what a number cannot hold, decoding rounds (only "unlimited" is that large).
 */
export interface Field<Out, In = Out> {
  readonly number: number;
  readonly wireType: WireType;
  /** What an absent field is decoded to. */
  initial(): Out;
  /** Writes tag and value, or nothing when the value is the default. */
  write(writer: BinaryWriter, value: In): void;
  /** Reads one occurrence; `before` is what earlier ones gave. */
  read(reader: BinaryReader, before: Out): Out;
}

export interface Message<Out, In> {
  encode(value: In): Uint8Array;
  /** Skips fields it does not know; throws when the bytes are no message. */
  decode(bytes: Uint8Array): Out;
}

// biome-ignore lint/suspicious/noExplicitAny: a field is both read and written, so nothing narrower takes them all
type Fields = Record<string, Field<any, any>>;
type Out<F extends Fields> = { [K in keyof F]: ReturnType<F[K]['initial']> };
type In<F extends Fields> = { [K in keyof F]?: Parameters<F[K]['write']>[1] };

/** What decoding a message gives. */
export type Decoded<M extends { decode(bytes: Uint8Array): unknown }> = ReturnType<M['decode']>;

/** A message as a table of its fields: `message({ id: string(1), labels: map(2) })`. */
export function message<F extends Fields>(fields: F): Message<Out<F>, In<F>> {
  const entries = Object.entries(fields);
  const byNumber = new Map(entries.map(([name, field]) => [field.number, { name, field }]));
  return {
    encode(value) {
      const writer = new BinaryWriter();
      for (const [name, field] of entries) {
        const given = value[name];
        if (given !== undefined) field.write(writer, given);
      }
      return writer.finish();
    },
    decode(bytes) {
      const result: Record<string, unknown> = {};
      for (const [name, field] of entries) result[name] = field.initial();
      const reader = new BinaryReader(bytes);
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        const known = byNumber.get(number);
        if (known?.field.wireType === wireType) {
          result[known.name] = known.field.read(reader, result[known.name]);
        } else reader.skip(wireType, number);
      }
      return result as Out<F>;
    },
  };
}

export const string = (number: number) =>
  scalar<string>(number, WireType.LengthDelimited, '', 'string', (reader) => reader.string());
export const bool = (number: number) =>
  scalar<boolean>(number, WireType.Varint, false, 'bool', (reader) => reader.bool());
export const int32 = (number: number) =>
  scalar<number>(number, WireType.Varint, 0, 'int32', (reader) => reader.int32());
export const uint32 = (number: number) =>
  scalar<number>(number, WireType.Varint, 0, 'uint32', (reader) => reader.uint32());
export const int64 = (number: number) =>
  scalar<number>(number, WireType.Varint, 0, 'int64', (reader) => Number(reader.int64()));
export const uint64 = (number: number) =>
  scalar<number>(number, WireType.Varint, 0, 'uint64', (reader) => Number(reader.uint64()));

/** Decoded bytes are a view of the answer they came in. */
export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => new Uint8Array(0),
    write(writer, value) {
      if (value.length > 0) writer.tag(number, WireType.LengthDelimited).bytes(value);
    },
    read: (reader) => reader.bytes(),
  };
}

/** A message within a message; undefined when absent. */
export function one<O, I>(number: number, of: Message<O, I>): Field<O | undefined, I> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => undefined,
    write: (writer, value) => writer.tag(number, WireType.LengthDelimited).bytes(of.encode(value)),
    read: (reader) => of.decode(reader.bytes()),
  };
}

/** Any number of messages. */
export function many<O, I>(number: number, of: Message<O, I>): Field<O[], readonly I[]> {
  return repeated<O, I>(
    number,
    (writer, value) => writer.bytes(of.encode(value)),
    (reader) => of.decode(reader.bytes()),
  );
}

/** Any number of strings. */
export function strings(number: number): Field<string[], readonly string[]> {
  return repeated<string, string>(
    number,
    (writer, value) => writer.string(value),
    (reader) => reader.string(),
  );
}

const MapEntry = message({ key: string(1), value: string(2) });

/** Strings by name, such as labels. */
export function map(number: number): Field<Record<string, string>, Readonly<Record<string, string>>> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => ({}),
    write(writer, value) {
      for (const [key, item] of Object.entries(value)) {
        writer.tag(number, WireType.LengthDelimited).bytes(MapEntry.encode({ key, value: item }));
      }
    },
    read(reader, before) {
      const { key, value } = MapEntry.decode(reader.bytes());
      before[key] = value;
      return before;
    },
  };
}

const Timestamp = message({ seconds: int64(1), nanos: int32(2) });

/** A point in time, to the millisecond; undefined when absent. */
export function timestamp(number: number): Field<Date | undefined, Date> {
  const field = one(number, Timestamp);
  return {
    ...field,
    initial: () => undefined,
    write(writer, value) {
      const seconds = Math.floor(value.getTime() / 1000);
      field.write(writer, { seconds, nanos: (value.getTime() - seconds * 1000) * 1_000_000 });
    },
    read(reader) {
      const { seconds, nanos } = Timestamp.decode(reader.bytes());
      return new Date(seconds * 1000 + Math.floor(nanos / 1_000_000));
    },
  };
}

type ScalarWriter = 'string' | 'bool' | 'int32' | 'uint32' | 'int64' | 'uint64';

function scalar<T extends string | number | boolean>(
  number: number,
  wireType: WireType,
  initial: T,
  kind: ScalarWriter,
  read: (reader: BinaryReader) => T,
): Field<T> {
  return {
    number,
    wireType,
    initial: () => initial,
    write(writer, value) {
      if (value === initial) return;
      if (typeof value === 'number' && !Number.isSafeInteger(value)) {
        throw new RangeError(`Field ${number} cannot be ${value}`);
      }
      writer.tag(number, wireType);
      (writer[kind] as (value: T) => void).call(writer, value);
    },
    read: (reader) => read(reader),
  };
}

function repeated<O, I>(
  number: number,
  write: (writer: BinaryWriter, value: I) => void,
  read: (reader: BinaryReader) => O,
): Field<O[], readonly I[]> {
  return {
    number,
    wireType: WireType.LengthDelimited,
    initial: () => [],
    write(writer, values) {
      for (const value of values) write(writer.tag(number, WireType.LengthDelimited), value);
    },
    read(reader, before) {
      before.push(read(reader));
      return before;
    },
  };
}
