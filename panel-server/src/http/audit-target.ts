import type { FastifyRequest } from 'fastify';

export type NameTarget = (request: FastifyRequest) => Promise<void>;

/** A hook that writes into the audit note what the target is called now, as it may be gone when somebody reads it. */
export function namedTarget(
  kind: string,
  nameOf: (id: string) => string | undefined | Promise<string | undefined>,
): NameTarget {
  return async (request) => {
    const { id } = request.params as { id?: string };
    const name = id === undefined ? undefined : await nameOf(id);
    if (id !== undefined && name !== undefined) {
      request.auditNote = { ...request.auditNote, target: { kind, id, name } };
    }
  };
}
