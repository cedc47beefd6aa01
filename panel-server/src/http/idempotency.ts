import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DataSource, In, IsNull, LessThan } from 'typeorm';
import { isUniqueViolation } from '../database/database-errors.ts';
import type { SecretBox } from '../identity/secret-box.ts';
import type { Logger } from '../logger.ts';
import { IdempotencyKeyEntity, type IdempotencyKeyRow } from './idempotency-key.entity.ts';

const keepMs = 24 * 3_600_000;
const pruneEveryMs = 3_600_000;
const renewEveryMs = 20_000;
/** A claim that is older was not renewed: the panel that worked on it is gone. */
const leaseMs = 2 * 60_000;
const keyShape = /^[\x21-\x7e]{1,128}$/;
export const answerPlace = (id: string) => `idempotency_keys/${id}/answer`;

/**
 * A POST that carries an Idempotency-Key has its effect once: a repetition within a day gets the first one's answer, and
 * the same key with another request is refused. Answers that name a passing trouble (5xx, 429) are not kept.
 *
 * Of a request that was cut short (the panel was killed) nobody knows whether it did its work. The first repetition is
 * told so and gives the key free: only whoever has been told can have the effect twice.
 */
export class Idempotency {
  readonly #database: DataSource;
  readonly #box: SecretBox;
  readonly #log: Logger;
  readonly #claims = new WeakMap<FastifyRequest, string>();
  /** What this panel works on; on SQLite there is no other. */
  readonly #underWay = new Set<string>();
  readonly #pruning: NodeJS.Timeout;
  readonly #renewing: NodeJS.Timeout;

  constructor(database: DataSource, box: SecretBox, log: Logger) {
    this.#database = database;
    this.#box = box;
    this.#log = log;
    this.#pruning = setInterval(() => void this.#prune(), pruneEveryMs).unref();
    this.#renewing = setInterval(() => void this.#renew(), renewEveryMs).unref();
  }

  readonly preHandler = async (request: FastifyRequest, reply: FastifyReply) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined || !request.caller) return;
    if (typeof key !== 'string' || !keyShape.test(key)) {
      throw new AppError('invalid_input', 'Idempotency-Key must be 1 to 128 printable characters');
    }
    const { routeOptions, params, query, body } = request;
    const id = hash('sha256', [request.caller.userId, routeOptions.url, key].join('\n'));
    const requestHash = hash('sha256', JSON.stringify([params, query ?? null, body ?? null]));
    const repository = this.#database.getRepository(IdempotencyKeyEntity);
    try {
      await repository.insert({ id, requestHash, status: null, answer: null, createdAt: new Date() });
      this.#claims.set(request, id);
      this.#underWay.add(id);
      return;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    const earlier = await repository.findOneBy({ id });
    if (earlier && earlier.requestHash !== requestHash) {
      throw new AppError('invalid_input', 'This Idempotency-Key was used for another request');
    }
    if (!earlier || this.#isUnderWay(earlier)) {
      throw new AppError('conflict', 'The first request with this Idempotency-Key has not ended', {
        retryAfterSeconds: 2,
      });
    }
    if (earlier.status === null || earlier.answer === null) {
      await repository.delete({ id, status: IsNull(), createdAt: earlier.createdAt });
      throw new AppError(
        'conflict',
        'The first request with this Idempotency-Key was cut short. See whether it did its work; if not, send it again',
      );
    }
    reply.header('idempotency-replayed', 'true').code(earlier.status).serializer(String);
    if (earlier.status !== 204) reply.type('application/json; charset=utf-8');
    return reply.send(this.#box.open(earlier.answer, answerPlace(id)));
  };

  readonly onSend = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    const id = this.#claims.get(request);
    if (!id) return payload;
    this.#claims.delete(request);
    try {
      await this.#keep(id, reply.statusCode, typeof payload === 'string' ? payload : '');
    } catch (err) {
      // The effect is there and so is its answer; a repetition is told that the first one was cut short.
      this.#log.warn({ err }, 'The answer to a request with an Idempotency-Key was not kept');
    } finally {
      this.#underWay.delete(id);
    }
    return payload;
  };

  #isUnderWay({ id, status, createdAt }: IdempotencyKeyRow): boolean {
    if (status !== null) return false;
    if (this.#underWay.has(id)) return true;
    return this.#hasOtherPanels && Date.now() - createdAt.getTime() < leaseMs;
  }

  get #hasOtherPanels(): boolean {
    return this.#database.options.type === 'postgres';
  }

  async #keep(id: string, status: number, answer: string): Promise<void> {
    const repository = this.#database.getRepository(IdempotencyKeyEntity);
    if (status >= 500 || status === 429) await repository.delete({ id });
    else await repository.update({ id }, { status, answer: this.#box.seal(answer, answerPlace(id)) });
  }

  close(): void {
    clearInterval(this.#pruning);
    clearInterval(this.#renewing);
  }

  /** Other panels see by it that this one is still at work. */
  async #renew(): Promise<void> {
    if (!this.#hasOtherPanels || this.#underWay.size === 0) return;
    try {
      const claimed = { id: In([...this.#underWay]), status: IsNull() };
      await this.#database.getRepository(IdempotencyKeyEntity).update(claimed, { createdAt: new Date() });
    } catch (err) {
      this.#log.warn({ err }, 'Claims of idempotency keys were not renewed');
    }
  }

  async #prune(): Promise<void> {
    try {
      const old = new Date(Date.now() - keepMs);
      await this.#database.getRepository(IdempotencyKeyEntity).delete({ createdAt: LessThan(old) });
    } catch (err) {
      this.#log.warn({ err }, 'Old idempotency keys were not removed');
    }
  }
}
