import type { IncomingHttpHeaders } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';

const megabyte = 1024 * 1024;

/** The body of a request; an error instead of its end when it is larger, or breaks off. */
export function atMost(body: Readable & { headers: IncomingHttpHeaders }, limitMb: number): Transform {
  const limitBytes = limitMb * megabyte;
  const tooLarge = () =>
    new AppError('payload_too_large', `One request uploads at most ${limitMb} MB`, {
      issues: [
        { path: 'body', message: `must be at most ${limitBytes} bytes; use a resumable upload instead` },
      ],
    });
  if (Number(body.headers['content-length']) > limitBytes) throw tooLarge();
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limitBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  // What listens later is told by `errored`.
  counted.on('error', () => {});
  const closed = () => {
    if (!body.readableEnded) counted.destroy(new AppError('unavailable', 'The upload broke off'));
  };
  // It does not tell again that it has closed.
  if (body.destroyed) closed();
  else body.once('close', closed);
  return body.pipe(counted);
}
