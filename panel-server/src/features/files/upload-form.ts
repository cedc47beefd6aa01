import type { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { FileStats, UploadedFile } from '@catalyst/shared/features/files';
import { entryPathBytes, pathBytes, toText } from './file-path.ts';
import type { FileStreams } from './file-streams.ts';
import { type FormFile, formFiles } from './form-files.ts';

export interface NamedPath {
  path: string;
  /** Where the path is no text. */
  pathBase64?: string;
}

interface UploadForm {
  serverId: string;
  body: Readable;
  contentType: string;
  /** The folder the files go into, unless a field `path` of the form says so. */
  folder: { path?: string | undefined; pathBase64?: string | undefined };
  replace: boolean;
  /** Told of each file that is in its place. */
  uploaded: (path: NamedPath) => void;
}

/** Each file of a form is there as a whole or not at all; those before one that is refused stay. */
export async function uploadForm(
  streams: FileStreams,
  { serverId, body, contentType, folder, replace, uploaded }: UploadForm,
): Promise<{ items: UploadedFile[] }> {
  const items: UploadedFile[] = [];
  for await (const file of formFiles(body, contentType)) {
    const path = placeOf(file, folder);
    const stats = await streams.upload(serverId, path, file.content, { replace }).catch((error: unknown) => {
      throw body.errored ?? refusalOf(error, file);
    });
    const named = textPath(path);
    uploaded(named);
    items.push({ ...named, ...stats });
  }
  if (items.length > 0) return { items };
  const issues = [{ path: 'body', message: 'must have a file' }];
  throw new AppError('invalid_input', 'The form has no file', { issues });
}

export type UploadAnswer = FileStats | { items: UploadedFile[] };

function placeOf({ name, index, fields }: FormFile, folder: UploadForm['folder']): Buffer {
  const field = `files.${index}`;
  const wrongName = (message: string) =>
    new AppError('bad_request', `A file of the form: its name ${message}`, {
      issues: [{ path: field, message }],
    });
  if (name === '') throw wrongName('is missing');
  if (name.includes('/')) throw wrongName('must be a name, not a path');
  const given = fields.get('path');
  const into = pathBytes(given === undefined ? folder : { path: given });
  const nameBytes = entryPathBytes({ path: name }, field);
  return into.length === 0 ? nameBytes : Buffer.concat([into, Buffer.from('/'), nameBytes]);
}

function refusalOf(error: unknown, { name, index }: FormFile): unknown {
  if (!(error instanceof AppError)) return error;
  const issues = [{ path: `files.${index}`, message: `${name.slice(0, 255)}: ${error.message}` }];
  return new AppError(error.code, error.message, { issues, cause: error });
}

function textPath(path: Buffer): NamedPath {
  const { text, base64 } = toText(path);
  return { path: text, ...(base64 !== undefined && { pathBase64: base64 }) };
}
