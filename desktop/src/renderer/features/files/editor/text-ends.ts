/** The beginning and the end of a long text; null when it is none. */
export interface TextEnds {
  first: string;
  last: string;
  skippedBytes: number;
}

const partBytes = 256 * 1024;

/** `read` takes a range as HTTP has it, both ends included. */
export async function readEnds(
  sizeBytes: number,
  read: (range: string) => Promise<Uint8Array>,
): Promise<TextEnds | null> {
  if (sizeBytes === 0) return { first: '', last: '', skippedBytes: 0 };
  const first = await read(`0-${Math.min(partBytes, sizeBytes) - 1}`);
  if (!isText(first)) return null;
  const lastStart = Math.max(partBytes, sizeBytes - partBytes);
  const last = lastStart < sizeBytes ? await read(`${lastStart}-${sizeBytes - 1}`) : new Uint8Array();
  return {
    first: decode(first),
    last: decode(last),
    skippedBytes: Math.max(0, lastStart - partBytes),
  };
}

/** Text in another encoding than UTF-8 may be looked at, with what cannot be read replaced. */
const isText = (bytes: Uint8Array): boolean => !bytes.includes(0);

/** Cut anywhere, so what begins or ends inside a character is left out. */
function decode(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes, { stream: true });
  return text.replace(/^\uFFFD{1,3}/, '');
}
