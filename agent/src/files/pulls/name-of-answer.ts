import type { IncomingHttpHeaders } from 'node:http';
import { nameProblem } from '../server-path.ts';

const mostNameBytes = 200;

/** What to call a file that came from the web: as its sender says, as far as that can be a name, else by its address. */
export function nameOfAnswer(headers: IncomingHttpHeaders, url: URL): Buffer {
  const header = headers['content-disposition'] ?? '';
  const candidates = [extendedName(header), plainName(header), nameInAddress(url)];
  for (const candidate of candidates) {
    const name = candidate === undefined ? undefined : cleaned(candidate);
    if (name) return name;
  }
  return Buffer.from('download');
}

/** RFC 8187: `filename*=UTF-8''gr%C3%B6%C3%9Fe.zip`. */
function extendedName(header: string): string | undefined {
  return decoded(/(?:^|;)\s*filename\*\s*=\s*utf-8'[^']*'([^;]+)/i.exec(header)?.[1]?.trim());
}

function plainName(header: string): string | undefined {
  const [, quoted, token] = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header) ?? [];
  // Node reads headers as latin1; most senders mean UTF-8.
  const text = quoted?.replace(/\\(.)/g, '$1') ?? token;
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('utf8');
}

const nameInAddress = (url: URL) => decoded(url.pathname.split('/').at(-1));

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Only the last name of a path, nothing that cannot be seen, and not hidden. */
function cleaned(text: string): Buffer | undefined {
  const last = text.split(/[/\\]/).at(-1) ?? '';
  const visible = last.replace(/[\p{Cc}\p{Cf}\p{Cs}\ufffd]/gu, '').replace(/^[.\s]+|[.\s]+$/g, '');
  let name = Buffer.from(visible);
  while (name.length > mostNameBytes) name = Buffer.from([...name.toString('utf8')].slice(0, -1).join(''));
  return nameProblem(name) === undefined ? name : undefined;
}
