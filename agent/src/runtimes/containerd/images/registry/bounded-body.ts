import { AppError } from '@catalyst/shared/contract/errors';
import type { Answer } from './registry-transport.ts';

/** The whole body of an answer; refuses one that is, or says it is, larger than allowed. */
export async function readBounded(answer: Answer, maxBytes: number): Promise<Buffer> {
  const tooLarge = () =>
    new AppError(
      'unavailable',
      `The registry ${answer.url.host} sends more than it should (over ${maxBytes} bytes).`,
    );
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) {
    answer.dismiss();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
