import { AppError } from '@catalyst/shared/contract/errors';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import { entryPathBytes, pathBytes } from './file-path.ts';

/** Entries of one folder; all that is in it when there are no names. */
export interface ArchiveSource {
  folder: Buffer;
  names: Buffer[];
}

const slash = '/'.charCodeAt(0);
const endings: [string, ArchiveFormat][] = [
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
  ['.tar.zst', 'tar.zst'],
  ['.tzst', 'tar.zst'],
  ['.tar', 'tar'],
  ['.zip', 'zip'],
];

/** Throws `invalid_input` unless they are all in one folder; the server's folder itself stands for all that is in it. */
export function sourceOf(fields: { paths: string[]; pathsBase64: string[] }): ArchiveSource {
  const paths = [
    ...fields.paths.map((path, index) => pathBytes({ path }, `paths.${index}`)),
    ...fields.pathsBase64.map((pathBase64, index) => pathBytes({ pathBase64 }, `paths.${index}`)),
  ];
  const [first] = paths;
  if (!first) throw wrong('paths', 'must name something');
  if (paths.length === 1) return sourceOfPath(first);
  const folder = folderOf(first);
  const names = paths.map((path, index) => {
    if (path.length === 0) throw wrong(`paths.${index}`, "must not be the server's folder beside others");
    if (!folderOf(path).equals(folder))
      throw wrong(`paths.${index}`, 'must be in the same folder as the first');
    return nameOf(path);
  });
  const twice = names.findIndex((name, index) => names.findIndex((other) => other.equals(name)) !== index);
  if (twice !== -1) throw wrong(`paths.${twice}`, 'is there twice');
  return { folder, names };
}

export function sourceOfPath(path: Buffer): ArchiveSource {
  return path.length === 0 ? { folder: path, names: [] } : { folder: folderOf(path), names: [nameOf(path)] };
}

/** What an archive of these is called: after the only one of them, else after their folder. */
export function archiveName({ folder, names }: ArchiveSource, format: ArchiveFormat): Buffer {
  const [only] = names.length === 1 ? names : [nameOf(folder)];
  const start = only && only.length > 0 ? only.subarray(0, 240) : Buffer.from('files');
  return Buffer.concat([start, Buffer.from(`.${format}`)]);
}

/** Where an archive goes, and of what format it is. */
export function targetOf(
  source: ArchiveSource,
  body: { to?: string | undefined; toBase64?: string | undefined; format?: ArchiveFormat | undefined },
): { to: Buffer; format: ArchiveFormat } {
  if (body.to === undefined && body.toBase64 === undefined) {
    const format = body.format ?? 'tar.gz';
    return { to: below(source.folder, archiveName(source, format)), format };
  }
  const to = entryPathBytes({ path: body.to, pathBase64: body.toBase64 }, 'to');
  const name = nameOf(to).toString('latin1').toLowerCase();
  const named = endings.find(([ending]) => name.endsWith(ending))?.[1];
  return { to, format: body.format ?? named ?? 'tar.gz' };
}

export function folderOf(path: Buffer): Buffer {
  return path.subarray(0, Math.max(0, path.lastIndexOf(slash)));
}

function nameOf(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(slash) + 1);
}

function below(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 ? name : Buffer.concat([folder, Buffer.from('/'), name]);
}

function wrong(path: string, message: string): AppError {
  return new AppError('invalid_input', `These cannot be packed: ${path} ${message}`, {
    issues: [{ path, message }],
  });
}
