import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import { http } from '../node-http.ts';
import { openTransport } from './panel-transport.ts';

/** A panel that takes nothing for so long is not coming back. */
const silenceMs = 60_000;

/**
 * Sends a stream as the body of a POST to the panel, at the pace the panel takes it. The panel's TLS key is checked as for
 * the link. Rejects when the panel does not want it, goes away, or the signal is aborted.
 */
export async function sendStream(
  link: Pick<LinkState, 'panelUrl' | 'tlsPin'>,
  ticket: string,
  body: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const transport = openTransport(link);
  const url = new URL(`/api/data/${encodeURIComponent(ticket)}`, link.panelUrl);
  const open = url.protocol === 'https:' ? httpsRequest : http.request;
  const upload = open(url, {
    method: 'POST',
    agent: transport.agent,
    headers: { 'content-type': 'application/octet-stream' },
    signal,
    timeout: silenceMs,
  });
  upload.once('timeout', () => upload.destroy(new AppError('timeout', 'The panel does not take the stream')));
  const answered = new Promise<number>((resolve, reject) => {
    upload.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    upload.once('error', reject);
    upload.once('close', () => reject(new AppError('unavailable', 'The panel ended the connection')));
  });
  try {
    const sending = pipeline(Readable.from(body), upload);
    // A refusal may come long before the end, and then is the better reason.
    sending.catch(() => {});
    const status = await answered;
    if (status < 200 || status > 299) {
      throw new AppError('unavailable', `The panel does not take the stream (status ${status})`);
    }
    await sending;
  } catch (error) {
    throw error instanceof AppError ? error : (transport.refusal ?? toAppError(error));
  } finally {
    upload.destroy();
    transport.cut();
  }
}

function toAppError(cause: unknown): AppError {
  return new AppError('unavailable', 'The stream to the panel broke off', { cause });
}
