import { bytes, type Decoded, message, string, strings } from '../grpc/message.ts';

/** A value with the name of its type. */
export const Any = message({ typeUrl: string(1), value: bytes(2) });
export type Any = Decoded<typeof Any>;

export const Empty = message({});

/** Which fields an update changes: `target`, `labels.NAME`. */
export const FieldMask = message({ paths: strings(1) });

/** What containerd keeps as JSON: the OCI spec of a container, a process, the resources of a task. */
export function jsonAny(typeUrl: string, value: unknown): Any {
  return { typeUrl, value: new TextEncoder().encode(JSON.stringify(value)) };
}
