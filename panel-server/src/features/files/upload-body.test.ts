import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { atMost } from './upload-body.ts';

it('breaks off a body whose sender left before it was read', async () => {
  const body = Object.assign(new Readable({ read() {} }), { headers: {} });
  await new Promise((resolve) => body.once('close', resolve).destroy());
  await expect(finished(atMost(body, 1))).rejects.toMatchObject({ message: 'The upload broke off' });
});
