import { describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import type { ImagePull, imageAgentCalls } from '../features/images-link.ts';
import type { TrustedRegistry } from '../features/server-spec.ts';

type Calls = typeof imageAgentCalls;

/** One agent, empty, as the panel meets it. */
export interface ImageCallSubject {
  call<Name extends keyof Calls & string>(
    name: Name,
    input: z.input<Calls[Name]['input']>,
  ): Promise<z.output<Calls[Name]['output']>>;
  /** Everything it has told so far, growing. */
  told: readonly ImagePull[];
  /** Canonical name of an image that it can pull. */
  reference: string;
  /** Canonical name of one in a private network, where a registry is reached only when it is trusted. */
  privateReference: string;
  /** Offers an archive under a ticket: a good one of one image, or something else. */
  offer(what: 'archive' | 'nonsense'): Promise<string>;
  newId(): string;
  close(): Promise<void> | void;
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

/** What the panel may rely on when it asks an agent about images; real agents and fake ones pass the same. */
export function imageCallSuite(title: string, open: () => Promise<ImageCallSubject>): void {
  describe(title, () => {
    const withSubject = (work: (subject: ImageCallSubject) => Promise<void>) => async () => {
      const subject = await open();
      try {
        await work(subject);
      } finally {
        await subject.close();
      }
    };
    const ended = (subject: ImageCallSubject, id: string) =>
      vi.waitFor(
        () => {
          const pull = subject.told.findLast((one) => one.id === id);
          expect(pull?.status).not.toBe('running');
          return pull as ImagePull;
        },
        { timeout: 20_000, interval: 10 },
      );
    const references = async (subject: ImageCallSubject) =>
      (await subject.call('images:list', {})).images.map(({ reference }) => reference);

    it(
      'pulls an image, tells how far it is, and lists it',
      withSubject(async (subject) => {
        const { reference } = subject;
        const pullId = subject.newId();
        const { pull } = await subject.call('images:pull', { pullId, reference });
        expect(pull).toMatchObject({ id: pullId, kind: 'pull', reference, error: null });
        expect(await ended(subject, pullId)).toMatchObject({ status: 'succeeded', error: null });
        expect(subject.told.find(({ id }) => id === pullId)?.status).toBe('running');
        const { images, pulls } = await subject.call('images:list', {});
        expect(images).toMatchObject([
          {
            reference,
            isComplete: true,
            isImported: false,
            serverIds: [],
            digest: expect.stringMatching(/^sha256:/),
          },
        ]);
        expect(images[0]?.unpackedBytes).toBeGreaterThan(0);
        expect(pulls).toMatchObject([{ id: pullId, status: 'succeeded' }]);
        // Asked for again under the same id nothing happens twice.
        const again = await subject.call('images:pull', { pullId, reference });
        expect(again.pull.status).toBe('succeeded');
      }),
    );

    it(
      'reaches a registry in a private network only when an admin trusts just that',
      withSubject(async (subject) => {
        const reference = subject.privateReference;
        const [host = ''] = reference.split('/');
        const end = async (registry?: TrustedRegistry) => {
          const pullId = subject.newId();
          await subject.call('images:pull', { pullId, reference, registry });
          return ended(subject, pullId);
        };
        const refused = {
          status: 'failed',
          error: {
            code: 'invalid_input',
            message: expect.stringContaining(`Add the registry ${host} under Settings → Registries`),
          },
        };
        expect(await end()).toMatchObject(refused);
        expect(await end({ host: `${host}0`, plainHttp: true, login: null })).toMatchObject(refused);
        expect(await end({ host, plainHttp: true, login: null })).toMatchObject({ status: 'succeeded' });
        expect(await references(subject)).toEqual([reference]);
      }),
    );

    it(
      'refuses at once what is not the name of an image',
      withSubject(async (subject) => {
        const pull = subject.call('images:pull', { pullId: subject.newId(), reference: 'example.com/game:' });
        expect(await code(pull)).toBe('invalid_input');
        expect(await subject.call('images:list', {})).toEqual({ images: [], pulls: [] });
      }),
    );

    it(
      'knows nothing of pulls and images that there are not',
      withSubject(async (subject) => {
        expect(await code(subject.call('images:cancel', { pullId: subject.newId() }))).toBe('not_found');
        expect(await code(subject.call('images:remove', { reference: subject.reference }))).toBe('not_found');
      }),
    );

    it(
      'takes in an archive by a ticket, and never prunes it',
      withSubject(async (subject) => {
        const pullId = subject.newId();
        const reference = 'registry.example.com/own/game:1';
        const ticket = await subject.offer('archive');
        const { pull } = await subject.call('images:import', { pullId, ticket, reference });
        expect(pull).toMatchObject({ kind: 'import', reference });
        expect(await ended(subject, pullId)).toMatchObject({ status: 'succeeded' });
        const { images } = await subject.call('images:list', {});
        expect(images).toMatchObject([{ reference, isImported: true }]);
        expect((await subject.call('images:prune', { unusedForDays: 0 })).removed).toEqual([]);
        expect((await subject.call('images:remove', { reference })).freedBytes).toBeGreaterThan(0);
        expect(await references(subject)).toEqual([]);
      }),
    );

    it(
      'says what is wrong with what is no archive, and with a ticket that is none',
      withSubject(async (subject) => {
        const [nonsense, unknown] = [subject.newId(), subject.newId()];
        await subject.call('images:import', { pullId: nonsense, ticket: await subject.offer('nonsense') });
        expect(await ended(subject, nonsense)).toMatchObject({
          status: 'failed',
          error: { code: 'invalid_input', message: expect.stringContaining('archive') },
        });
        await subject.call('images:import', { pullId: unknown, ticket: 'x'.repeat(43) });
        expect((await ended(subject, unknown)).status).toBe('failed');
        expect(await references(subject)).toEqual([]);
      }),
    );

    it(
      'prunes what nobody uses, and before that tells what would go',
      withSubject(async (subject) => {
        const { reference } = subject;
        const pullId = subject.newId();
        await subject.call('images:pull', { pullId, reference });
        await ended(subject, pullId);
        expect((await subject.call('images:prune', {})).removed).toEqual([]);
        const preview = await subject.call('images:prune', { unusedForDays: 0, isPreview: true });
        expect(preview.removed).toEqual([reference]);
        expect(await references(subject)).toEqual([reference]);
        expect(await subject.call('images:prune', { unusedForDays: 0 })).toEqual(preview);
        expect(await references(subject)).toEqual([]);
      }),
    );
  });
}
