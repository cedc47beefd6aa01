import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import { MemoryLocker, Server } from '@tus/server';
import { v7 as uuid } from 'uuid';
import type { UploadStore } from './upload-store.ts';

export { UploadStore } from './upload-store.ts';

/** Of one upload one request at a time is answered; the one before is told to end. */
const locker = new MemoryLocker();

/** Those of the library's own headers that are for whoever uploads: it would open the panel to pages of all sites. */
const told = ['location', 'upload-offset', 'upload-length', 'upload-expires', 'cache-control'];

/** Answers a request of the tus protocol; throws what the agent refuses it with, or what is wrong with it. */
export async function answerTus(
  raw: IncomingMessage,
  path: string,
  store: UploadStore,
): Promise<{ status: number; headers: [string, string][] }> {
  const server = new Server({
    path,
    relativeLocation: true,
    datastore: store,
    locker,
    namingFunction: () => uuid(),
  });
  const answer = await server.handleWeb(toWebRequest(raw));
  if (answer.status >= 400) throw store.refusal instanceof Error ? store.refusal : await refusalOf(answer);
  const headers = told.flatMap((name): [string, string][] => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: answer.status, headers };
}

function toWebRequest(raw: IncomingMessage): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw.headers)) {
    if (value !== undefined) headers.set(name, [value].flat().join(', '));
  }
  const hasBody = raw.method === 'PATCH' || raw.method === 'POST';
  const body = hasBody ? (Readable.toWeb(raw) as ReadableStream<Uint8Array>) : null;
  return new Request(new URL(raw.url ?? '/', 'http://panel'), {
    ...{ method: raw.method ?? 'GET', headers },
    ...{ body: body as RequestInit['body'], duplex: 'half' as const },
  });
}

const codes: Record<number, ErrorCode> = {
  404: 'not_found',
  409: 'conflict',
  410: 'not_found',
  412: 'precondition_failed',
  413: 'payload_too_large',
};

async function refusalOf(answer: Response): Promise<AppError> {
  const text = (await answer.text()).trim();
  if (answer.status === 500) throw new Error(`The tus library failed: ${text}`);
  return new AppError(
    codes[answer.status] ?? 'bad_request',
    text || 'This is no request of the tus protocol',
  );
}
