import { AppError } from '@catalyst/shared/contract/errors';
import { afterEach, expect, it } from 'vitest';
import { proofRequest, withProofs } from './reauthentication.ts';

afterEach(() => proofRequest.get()?.settle(false));

/** A panel that takes a dangerous call only after a proof. */
function guarded() {
  const panel = {
    isProven: false,
    calls: 0,
    async remove(name: string) {
      panel.calls += 1;
      if (!panel.isProven) throw new AppError('reauthentication_required', 'Prove once more that it is you');
      return `${name} is gone`;
    },
    async read() {
      throw new AppError('forbidden', 'Not for you');
    },
  };
  return { panel, client: withProofs({ passkeys: { remove: panel.remove, read: panel.read } }).passkeys };
}

const asked = async () => {
  await Promise.resolve();
  await new Promise((done) => setImmediate(done));
  return proofRequest.get();
};

it('sends a refused call once more after the proof, with its input', async () => {
  const { panel, client } = guarded();
  const answer = client.remove('key');
  const request = await asked();
  panel.isProven = true;
  request?.settle(true);
  expect(await answer).toBe('key is gone');
  expect(panel.calls).toBe(2);
  expect(proofRequest.get()).toBeNull();
});

it('asks once for all that wait', async () => {
  const { panel, client } = guarded();
  const answers = Promise.all([client.remove('a'), client.remove('b')]);
  const request = await asked();
  panel.isProven = true;
  request?.settle(true);
  expect(await answers).toEqual(['a is gone', 'b is gone']);
});

it('fails the call when there is no proof, and does not send it again', async () => {
  const { panel, client } = guarded();
  const answer = client.remove('key');
  (await asked())?.settle(false);
  await expect(answer).rejects.toThrow('Nothing was changed');
  expect(panel.calls).toBe(1);
});

it('gives up when the panel asks again in spite of a proof', async () => {
  const { client } = guarded();
  const answer = client.remove('key');
  (await asked())?.settle(true);
  await expect(answer).rejects.toMatchObject({ code: 'reauthentication_required' });
});

it('lets other refusals through', async () => {
  const { client } = guarded();
  await expect(client.read()).rejects.toMatchObject({ code: 'forbidden' });
  expect(proofRequest.get()).toBeNull();
});
