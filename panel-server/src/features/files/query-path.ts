import type { FastifyRequest } from 'fastify';
import { type PathFields, toText } from './file-path.ts';

/**
 * A hook for routes with a `path` in their query: percent signs stand for bytes, and where those are no text the path is
 * taken as `pathBase64`, which loses nothing.
 */
export async function readPathAsBytes(request: FastifyRequest): Promise<void> {
  const raw = rawValue(request.raw.url ?? '', 'path');
  const query = request.query as PathFields;
  if (raw === undefined || typeof query.path !== 'string' || query.pathBase64 !== undefined) return;
  const { text, base64 } = toText(percentDecoded(raw));
  if (base64 === undefined) query.path = text;
  else {
    query.path = undefined;
    query.pathBase64 = base64;
  }
}

function rawValue(url: string, name: string): string | undefined {
  const [, query = ''] = url.split(/\?(.*)/s);
  const found = query.split('&').find((part) => part.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

function percentDecoded(raw: string): Buffer {
  const spaced = Buffer.from(raw.replaceAll('+', ' '), 'utf8').toString('latin1');
  const bytes = spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}
