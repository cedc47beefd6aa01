import type { IncomingMessage } from 'node:http';

export const bodyTimeoutMs = 30_000;

/** Ends a request whose body does not arrive in time; bodies that are streams may take as long as they like. */
export function bodyDeadline(raw: IncomingMessage): void {
  const hasBody =
    raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  const timer = setTimeout(() => raw.destroy(), bodyTimeoutMs);
  const stop = () => clearTimeout(timer);
  raw.once('end', stop).once('close', stop);
}
