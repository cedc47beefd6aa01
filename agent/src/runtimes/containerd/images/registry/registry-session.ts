import { AppError } from '@catalyst/shared/contract/errors';
import type { TrustedRegistry } from '@catalyst/shared/features/server-spec';
import { type Descriptor, digestOf, manifestTypes, maxManifestBytes } from '../image-manifest.ts';
import { apiHost, digestPattern, type ImageName, trustIn } from '../image-reference.ts';
import { readBounded } from './bounded-body.ts';
import { authorize, parseChallenge } from './registry-authorization.ts';
import { Patience, RegistryFault, retryAfterMs } from './registry-fault.ts';
import { type RegistryRoute, routeTo } from './registry-route.ts';
import type { Answer, RegistryTransport } from './registry-transport.ts';

export interface RawManifest {
  bytes: Buffer;
  digest: string;
  contentType: string | null;
}

/** What counts as progress of a download that breaks off again and again. */
const worthwhileBytes = 1024 * 1024;

/** One pull from one registry: manifests and blobs of one repository, with the token it once got. */
export class RegistrySession {
  readonly #transport: RegistryTransport;
  readonly #name: ImageName;
  readonly #login: TrustedRegistry['login'];
  readonly #retryDelaysMs: readonly number[];
  readonly #route: RegistryRoute;
  #authorization: string | null = null;

  /** Of the registries that are trusted, only this very one counts. */
  constructor(
    transport: RegistryTransport,
    name: ImageName,
    registries: readonly TrustedRegistry[],
    retryDelaysMs: readonly number[] = [500, 1000, 2000, 4000],
  ) {
    this.#transport = transport;
    this.#name = name;
    const trusted = trustIn(name.registry, registries);
    this.#login = trusted?.login ?? null;
    this.#retryDelaysMs = retryDelaysMs;
    this.#route = routeTo(name.registry, apiHost(name.registry), trusted);
  }

  /** A manifest by tag or digest; by digest, only just what was asked for. */
  async manifest(version: string, signal: AbortSignal): Promise<RawManifest> {
    const patience = new Patience(this.#retryDelaysMs);
    for (;;) {
      try {
        return await this.#manifestOnce(version, signal);
      } catch (error) {
        await patience.await(error, signal);
      }
    }
  }

  /**
   * The bytes of a blob from an offset on, just as many as it has; a connection that breaks is taken up again where it
   * ended. They are not verified: whoever keeps them compares the digest.
   */
  async *blob(descriptor: Descriptor, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    const patience = new Patience(this.#retryDelaysMs);
    let position = offset;
    let renewedAt = offset;
    while (position < descriptor.size) {
      try {
        const range: Record<string, string> = position > 0 ? { range: `bytes=${position}-` } : {};
        const answer = await this.#get(`blobs/${descriptor.digest}`, range, signal);
        for await (const chunk of restOf(answer, position, descriptor.size)) {
          position += chunk.length;
          yield chunk;
        }
        if (position < descriptor.size) throw this.#fault('ends a download too early');
      } catch (error) {
        if (position - renewedAt >= worthwhileBytes) {
          patience.renew();
          renewedAt = position;
        }
        await patience.await(error, signal);
      }
    }
  }

  async #manifestOnce(version: string, signal: AbortSignal): Promise<RawManifest> {
    const answer = await this.#get(`manifests/${version}`, { accept: manifestTypes.join(', ') }, signal);
    const bytes = await readBounded(answer, maxManifestBytes);
    const digest = digestOf(bytes);
    const stated = answer.headers['docker-content-digest'];
    const wanted = digestPattern.test(version) ? version : stated;
    if (typeof wanted === 'string' && digestPattern.test(wanted) && wanted !== digest) {
      throw this.#fault(`sends other content than ${wanted} and it was not used`);
    }
    return { bytes, digest, contentType: answer.headers['content-type']?.split(';')[0]?.trim() ?? null };
  }

  /** Resolves only with an answer that has what was asked for. */
  async #get(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const route = this.#route;
    const url = new URL(`/v2/${this.#name.repository}/${path}`, route.origin);
    const ask = () =>
      this.#transport.get(url, { route, headers, authorization: this.#authorization, signal });
    let answer = await ask();
    if (answer.status === 401 && answer.url.origin === url.origin) {
      answer.dismiss();
      await this.#answerChallenge(answer.headers['www-authenticate'], signal);
      answer = await ask();
    }
    if (answer.status === 200 || answer.status === 206) return answer;
    answer.dismiss();
    throw this.#refusal(answer, answer.url.origin === url.origin);
  }

  async #answerChallenge(header: string | undefined, signal: AbortSignal): Promise<void> {
    const challenge = parseChallenge(header);
    const asker = {
      transport: this.#transport,
      route: this.#route,
      repository: this.#name.repository,
      login: this.#login,
    };
    this.#authorization = challenge && (await authorize(challenge, asker, signal));
    if (this.#authorization === null) throw this.#denial();
  }

  #refusal({ status, headers }: Answer, isOfRegistry: boolean): AppError {
    if (isOfRegistry && (status === 401 || status === 403)) return this.#denial();
    if (isOfRegistry && status === 404) {
      return new AppError('invalid_input', `There is no image ${this.#name.reference}.`);
    }
    if (status === 429) {
      const waitMs = retryAfterMs(headers['retry-after']);
      return this.#fault('has had too many requests from here and wants us to wait', waitMs);
    }
    // Links to storage elsewhere expire: a new attempt gets a new one.
    if (!isOfRegistry || status >= 500) return this.#fault(`cannot answer at the moment (${status})`);
    return new AppError('unavailable', `The registry ${this.#name.registry} answers with status ${status}.`);
  }

  #denial(): AppError {
    const { reference, registry } = this.#name;
    const sentence = this.#login
      ? `The registry ${registry} refuses these credentials for ${reference}.`
      : `There is no image ${reference}, or the registry ${registry} wants credentials for it.`;
    return new AppError('invalid_input', sentence);
  }

  #fault(what: string, waitMs?: number): RegistryFault {
    return new RegistryFault(`The registry ${this.#name.registry} ${what}.`, { retryAfterMs: waitMs });
  }
}

/** What of an answer lies behind `position`: a registry may ignore that we asked for a part. */
async function* restOf(answer: Answer, position: number, size: number): AsyncGenerator<Buffer> {
  const { status, headers, url } = answer;
  const start = status === 206 ? position : 0;
  const length = headers['content-length'];
  const isAsAnnounced =
    (status !== 206 || headers['content-range']?.startsWith(`bytes ${position}-`)) &&
    (length === undefined || Number(length) === size - start) &&
    (headers['content-encoding'] ?? 'identity') === 'identity';
  if (!isAsAnnounced) {
    answer.dismiss();
    throw new RegistryFault(`The registry ${url.host} announces another size than the image says.`);
  }
  let at = start;
  for await (const chunk of answer.body) {
    const end = at + chunk.length;
    if (end > size) throw new RegistryFault(`The registry ${url.host} sends more than the image says.`);
    if (end > position) yield at < position ? chunk.subarray(position - at) : chunk;
    at = end;
  }
}
