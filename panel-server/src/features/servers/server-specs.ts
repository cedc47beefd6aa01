import { AppError } from '@catalyst/shared/contract/errors';
import type { DataSource } from 'typeorm';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { Logger } from '../../logger.ts';
import type { AgentLink } from '../../realtime/agent-connection.ts';
import { networkOf } from '../networks/network-choice.ts';
import type { RegistriesService } from '../registries/registries.service.ts';
import type { Templates } from '../templates/templates.service.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import { openEnvironment } from './server-secrets.ts';
import { buildSpec, hashSpec, type SpecBody } from './server-spec.ts';
import { getServer, portsOf } from './server-store.ts';

/** An agent that takes longer gets it again later. */
const answerWaitMs = 3000;

/** Keeps the agents' specs equal to what the database says. */
export class ServerSpecs {
  readonly #database: DataSource;
  readonly #templates: Templates;
  readonly #secrets: SecretBox;
  readonly #registries: RegistriesService;
  readonly #log: Logger;

  constructor(parts: {
    database: DataSource;
    templates: Templates;
    secrets: SecretBox;
    registries: RegistriesService;
    log: Logger;
  }) {
    this.#database = parts.database;
    this.#templates = parts.templates;
    this.#secrets = parts.secrets;
    this.#registries = parts.registries;
    this.#log = parts.log;
  }

  /** Sends the spec unless the agent has this revision. Rejects with the agent's error. */
  async apply(row: ServerRow, link: AgentLink): Promise<void> {
    const { spec, revision } = await this.#current(row);
    if (row.appliedRevision === revision) return;
    const answer = await link.call(
      'server:apply',
      { spec: { ...spec, revision } },
      { timeoutMs: answerWaitMs },
    );
    if (answer.revision !== revision) throw new AppError('internal', 'The agent kept another spec');
    await this.#database
      .getRepository(ServerEntity)
      .update({ id: row.id, specRevision: revision }, { appliedRevision: revision });
  }

  /** A server whose agent is away, or refuses, gets it at the next connection or start. */
  async applyOrLater(row: ServerRow, link: AgentLink): Promise<void> {
    await this.apply(row, link).catch((error: unknown) =>
      this.#log.warn({ err: error, serverId: row.id }, 'A spec was not accepted; it is sent again later'),
    );
  }

  /** A newer template makes another spec from the same settings: that is a new revision too. */
  async #current(row: ServerRow): Promise<{ spec: SpecBody; revision: number }> {
    const template = this.#templates.find(row.templateId);
    if (!template) throw new AppError('conflict', `The template ${row.templateId} no longer exists`);
    const ports = (await portsOf(this.#database, [row.id])).get(row.id) ?? [];
    const plain = buildSpec(
      row,
      template,
      openEnvironment(this.#secrets, row),
      ports,
      await networkOf(this.#database, row),
    );
    const images = [plain.image, plain.install.image].filter((image) => image !== undefined);
    const trusted = await this.#registries.trustedFor(images);
    const spec = { ...plain, registries: trusted.map(({ registry }) => registry) };
    // The hash lies in the database as it is: nobody shall find out a password by trying which one gives it.
    const versions = trusted.map(({ version }) => version);
    const specHash = hashSpec(plain, versions);
    if (specHash === row.specHash) return { spec, revision: row.specRevision };
    const revision = row.specRevision + 1;
    const { affected } = await this.#database
      .getRepository(ServerEntity)
      .update({ id: row.id, specRevision: row.specRevision }, { specRevision: revision, specHash });
    if (affected === 1) return { spec, revision };
    // Somebody else made this revision at the same moment, perhaps from newer settings.
    return this.#current(await getServer(this.#database, row.id));
  }
}
