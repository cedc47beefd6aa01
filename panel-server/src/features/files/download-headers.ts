import type { ByteRange } from '@catalyst/shared/features/files-link';

/**
 * What a `Range` header asks for; undefined for none, several, and what is none: then all is sent, as RFC 9110 (14.2)
 * lets a server do.
 */
export function readRange(header: string | undefined): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '') return last === '' ? undefined : { lastBytes: Number(last) };
  if (last === '') return { firstByte: Number(first) };
  return Number(first) > Number(last) ? undefined : { firstByte: Number(first), lastByte: Number(last) };
}

/** The version that an `If-Range` header names; a date, or a weak tag, is never that of a file. */
export function readIfRange(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^"([0-9a-z-]{1,60})"$/.exec(header)?.[1] ?? 'another');
}

/** Whether an `If-None-Match` header names the version; a weak tag does, too (RFC 9110, 13.1.2). */
export function matchesAny(header: string | undefined, version: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => ['*', `"${version}"`, `W/"${version}"`].includes(tag.trim()));
}

/** Always to be saved, never to be shown (RFC 6266); old programs take the first name, others the second. */
export function contentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
