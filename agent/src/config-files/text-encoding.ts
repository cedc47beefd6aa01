import { UnreadableConfig } from './config-edit.ts';

export interface DecodedText {
  text: string;
  /** The bytes of another text as this one was written, with its byte order mark. */
  encode(text: string): Uint8Array;
}

/** Text as games write it: UTF-8, UTF-16 with its mark, or bytes of which only the ASCII ones are understood. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    const encode = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
    return { text: Buffer.from(bytes.subarray(2)).toString('utf16le'), encode };
  }
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? '\ufeff' : '';
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text: text.slice(mark.length), encode: (changed) => Buffer.from(mark + changed, 'utf8') };
  } catch {
    return { text: Buffer.from(bytes).toString('latin1'), encode: encodeLatin1 };
  }
}

function encodeLatin1(text: string): Uint8Array {
  if (/[\u0100-\uffff]/.test(text)) {
    throw new UnreadableConfig('It is not UTF-8, so what is to be set cannot be written in it.');
  }
  return Buffer.from(text, 'latin1');
}
