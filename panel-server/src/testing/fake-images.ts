import { AppError } from '@catalyst/shared/contract/errors';
import type { CallHandlers, CallInput } from '@catalyst/shared/contract/rpc';
import type { ImagePull, imageAgentCalls } from '@catalyst/shared/features/images-link';
import { registryOf } from '@catalyst/shared/features/registry-names';
import type { z } from 'zod';

type ListedImage = z.output<(typeof imageAgentCalls)['images:list']['output']>['images'][number];

const dayMs = 86_400_000;
const image = (reference: string, changes: Partial<ListedImage> = {}): ListedImage => ({
  reference,
  digest: `sha256:${'0'.repeat(64)}`,
  packedBytes: 1000,
  unpackedBytes: 3000,
  pulledAt: Date.now(),
  lastUsedAt: Date.now(),
  isComplete: true,
  isImported: false,
  serverIds: [],
  ...changes,
});

const notReached = (host: string) => ({
  status: 'failed' as const,
  error: {
    code: 'invalid_input' as const,
    message: `${host} is not on the public internet. Add the registry ${host} under Settings → Registries.`,
  },
});

interface FakeImagesParts {
  tell(pull: ImagePull): void;
  panelUrl(): string;
}

/** The images of a fake agent: pulls succeed at once unless a test holds them. */
export class FakeImages {
  readonly images = new Map<string, ListedImage>();
  readonly pulls = new Map<string, ImagePull>();
  /** What the panel asked for, with what it said of registries. */
  readonly asked: CallInput<(typeof imageAgentCalls)['images:pull']>[] = [];
  /** Bytes of each import. */
  readonly importedBytes: number[] = [];
  /** Pulls stay under way until they are cancelled. */
  isHeld = false;
  /** Before it reads an archive. */
  beforeImport: () => Promise<void> = async () => {};
  whenTold: (pull: ImagePull) => void = () => {};
  readonly #parts: FakeImagesParts;

  constructor(parts: FakeImagesParts) {
    this.#parts = parts;
  }

  add(reference: string, changes: Partial<ListedImage> = {}): void {
    this.images.set(reference, image(reference, changes));
  }

  readonly answers: CallHandlers<typeof imageAgentCalls> = {
    'images:list': () => ({ images: [...this.images.values()], pulls: [...this.pulls.values()] }),
    'images:pull': (input) => {
      this.asked.push(input);
      const known = this.pulls.get(input.pullId);
      if (known) return { pull: known };
      const { pullId, reference } = input;
      if (reference.endsWith(':')) throw new AppError('invalid_input', 'This is not the name of an image');
      const pull = this.#begin(pullId, 'pull', reference);
      const host = registryOf(reference);
      const isReached = !host.startsWith('10.') || input.registry?.host === host;
      if (!isReached) queueMicrotask(() => this.#change(pull, notReached(host)));
      else if (!this.isHeld) queueMicrotask(() => this.#succeed(pull, reference, false));
      return { pull };
    },
    'images:cancel': ({ pullId }) => {
      const pull = this.pulls.get(pullId);
      if (!pull) throw new AppError('not_found', 'There is no such pull');
      if (pull.status === 'running') this.#change(pull, { status: 'cancelled' });
      return {};
    },
    'images:import': ({ pullId, ticket, reference }) => {
      const pull = this.#begin(pullId, 'import', reference ?? null);
      void this.#import(pull, ticket, reference ?? 'docker.io/library/imported:latest');
      return { pull };
    },
    'images:remove': ({ reference }) => {
      const found = this.images.get(reference);
      if (!found) throw new AppError('not_found', `There is no image ${reference} on this machine.`);
      if (found.serverIds.length > 0) throw new AppError('conflict', `The image ${reference} is in use.`);
      this.images.delete(reference);
      return { freedBytes: found.packedBytes + found.unpackedBytes };
    },
    'images:prune': ({ unusedForDays, isPreview }) => {
      const going = [...this.images.values()].filter(
        ({ serverIds, isImported, lastUsedAt }) =>
          serverIds.length === 0 && !isImported && lastUsedAt <= Date.now() - unusedForDays * dayMs,
      );
      if (!isPreview) for (const { reference } of going) this.images.delete(reference);
      const sizes = going.map(({ packedBytes, unpackedBytes }) => packedBytes + unpackedBytes);
      return {
        removed: going.map(({ reference }) => reference),
        freedBytes: sizes.reduce((sum, size) => sum + size, 0),
      };
    },
  };

  #begin(id: string, kind: ImagePull['kind'], reference: string | null): ImagePull {
    const pull: ImagePull = {
      id,
      kind,
      reference,
      status: 'running',
      text: 'Beginning',
      doneBytes: 0,
      totalBytes: null,
      error: null,
    };
    this.#change(pull, {});
    return pull;
  }

  async #import(pull: ImagePull, ticket: string, reference: string): Promise<void> {
    try {
      await this.beforeImport();
      const response = await fetch(`${this.#parts.panelUrl()}/api/data/${ticket}`);
      if (!response.ok || !response.body) throw new Error(`The panel answered ${response.status}`);
      let count = 0;
      let isArchive = false;
      for await (const chunk of response.body) {
        if (count === 0) isArchive = Buffer.from(chunk).subarray(257, 262).toString() === 'ustar';
        if (!isArchive) throw new AppError('invalid_input', 'This is not an archive of images.');
        count += chunk.length;
      }
      this.importedBytes.push(count);
      this.#succeed(pull, reference, true);
    } catch (error) {
      const { code, message } =
        error instanceof AppError ? error : new AppError('unavailable', String(error));
      this.#change(pull, { status: 'failed', error: { code, message } });
    }
  }

  #succeed(pull: ImagePull, reference: string, isImported: boolean): void {
    if (this.pulls.get(pull.id)?.status !== 'running') return;
    this.add(reference, { isImported });
    this.#change(pull, {
      status: 'succeeded',
      text: `${reference} is here`,
      doneBytes: 1000,
      totalBytes: 1000,
    });
  }

  #change(pull: ImagePull, changes: Partial<ImagePull>): void {
    const next = { ...pull, ...changes };
    this.pulls.set(pull.id, next);
    this.#parts.tell(next);
    this.whenTold(next);
  }
}
