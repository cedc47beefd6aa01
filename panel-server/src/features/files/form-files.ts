import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { Busboy, type BusboyInstance } from '@fastify/busboy';

const limits = { files: 100, fields: 10, parts: 110, fieldSize: 20_000, fieldNameSize: 100, headerPairs: 20 };

export interface FormFile {
  /** Which of the files it is, counted from 0. */
  index: number;
  name: string;
  content: Readable;
  /** The fields that came before it. */
  fields: ReadonlyMap<string, string>;
}

export const isForm = (contentType: string | undefined) =>
  /^multipart\/form-data\b/i.test(contentType?.trim() ?? '');

/**
 * The files of a form (RFC 7578), one after the other as they come: each must be read to its end before the next. Throws
 * what the body broke off with, and `bad_request` for what is no form.
 */
export async function* formFiles(body: Readable, contentType: string): AsyncGenerator<FormFile> {
  const parser = openParser(contentType);
  const fields = new Map<string, string>();
  const waiting: FormFile[] = [];
  let count = 0;
  let failure: unknown;
  let isOver = false;
  let current: Readable | undefined;
  let wake = () => {};
  const end = (error?: unknown) => {
    failure ??= error;
    isOver = true;
    wake();
  };
  parser.on('field', (name, value, isNameCut, isValueCut) => {
    if (isNameCut || isValueCut) end(wrongForm('A field of the form is too long', name));
    else fields.set(name, value);
  });
  parser.on('file', (_field, content, name) => {
    // A part that breaks off is told by the error of the body or of the form.
    content.on('error', () => {});
    current = content;
    waiting.push({ index: count++, name: name ?? '', content, fields });
    wake();
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    parser.on(limit, () =>
      end(wrongForm(`A form has at most ${limits.files} files and ${limits.fields} fields`)),
    );
  }
  parser.on('error', (cause) => end(wrongForm('The form ends too early or is not right', undefined, cause)));
  parser.on('finish', () => end());
  body.once('error', (error) => {
    end(error);
    current?.destroy(error);
  });
  body.pipe(parser);
  try {
    for (;;) {
      const file = waiting.shift();
      if (failure !== undefined) throw failure;
      if (file) {
        yield file;
        await finished(file.content, { writable: false }).catch(() => {});
      } else if (isOver) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    body.unpipe(parser);
    for (const { content } of waiting) content.destroy();
    current?.destroy();
  }
}

function openParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits, preservePath: true });
  } catch (cause) {
    throw wrongForm('The request does not say how its form is divided', undefined, cause);
  }
}

const wrongForm = (message: string, field = 'body', cause?: unknown) =>
  new AppError('bad_request', message, { issues: [{ path: field, message }], cause });
