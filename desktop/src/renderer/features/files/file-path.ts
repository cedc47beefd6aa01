import type { FileEntry } from '@catalyst/shared/features/files';

/** A name in a folder. `base64` is there when its bytes are not UTF-8; `text` is only to be looked at then. */
export interface FileName {
  text: string;
  base64?: string;
}

/** From the server's folder, which itself is the empty path. */
export type FilePath = readonly FileName[];

/** How calls and addresses name a path. */
export type PathFields = { path: string } | { pathBase64: string };

const slash = 0x2f;

export const nameOf = ({ name, nameBase64 }: Pick<FileEntry, 'name' | 'nameBase64'>): FileName =>
  nameBase64 === undefined ? { text: name } : { text: name, base64: nameBase64 };

export const shownPath = (path: FilePath): string => path.map(({ text }) => text).join('/');

/** The same for the same path and for no other, whatever its bytes are. */
export const nameKey = ({ text, base64 }: FileName): string => (base64 === undefined ? text : `\0${base64}`);
export const pathKey = (path: FilePath): string => path.map(nameKey).join('/');

export const isInside = (path: FilePath, folder: FilePath): boolean =>
  path.length >= folder.length && pathKey(path.slice(0, folder.length)) === pathKey(folder);

export function pathFields(path: FilePath): PathFields {
  if (path.every(({ base64 }) => base64 === undefined)) return { path: shownPath(path) };
  return { pathBase64: toBase64(bytesOf(path)) };
}

/** As `pathFields`, for several. */
export function pathsFields(paths: readonly FilePath[]): { paths: string[]; pathsBase64: string[] } {
  const fields = paths.map(pathFields);
  return {
    paths: fields.flatMap((field) => ('path' in field ? [field.path] : [])),
    pathsBase64: fields.flatMap((field) => ('pathBase64' in field ? [field.pathBase64] : [])),
  };
}

/** As `pathFields`, for where something is to go. */
export function targetFields(path: FilePath): { to: string } | { toBase64: string } {
  const fields = pathFields(path);
  return 'path' in fields ? { to: fields.path } : { toBase64: fields.pathBase64 };
}

export function readPath({ path, pathBase64 }: { path?: string; pathBase64?: string }): FilePath {
  if (pathBase64 === undefined) return namesOf(path ?? '').map((text) => ({ text }));
  // Each character is one byte, so that no name is cut in two.
  return namesOf(toBinary(pathBase64)).map((name) => readName(fromBinary(name)));
}

const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '');

function readName(bytes: Uint8Array<ArrayBuffer>): FileName {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), base64: toBase64(bytes) };
  }
}

function bytesOf(path: FilePath): Uint8Array<ArrayBuffer> {
  const names = path.map(({ text, base64 }) =>
    base64 === undefined ? new TextEncoder().encode(text) : fromBinary(toBinary(base64)),
  );
  return Uint8Array.from(names.flatMap((bytes, index) => (index === 0 ? [...bytes] : [slash, ...bytes])));
}

/** Empty for what is no base64, as an address may hold anything. */
function toBinary(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

const fromBinary = (binary: string) => Uint8Array.from(binary, (character) => character.charCodeAt(0));
const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
