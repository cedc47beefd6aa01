import { isIP } from 'node:net';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { NewOidcProvider, OidcProvider, OidcProviderChanges } from '@catalyst/shared/features/oidc';
import { In, LessThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { isLoopback } from '../../http/client-address.ts';
import { assertMayGrant } from '../users/granting.ts';
import { RoleEntity } from '../users/role.entity.ts';
import { OidcClients, secretPlace } from './oidc-client.ts';
import { OidcProviderEntity, type OidcProviderRow } from './oidc-provider.entity.ts';

const callbackPath = '/sign-in/callback';

/** The providers that an administrator has set up. */
export class OidcProviders {
  readonly clients: OidcClients;
  readonly #core: Pick<PanelCore, 'database' | 'secretBox' | 'panelSettings'>;

  constructor(core: Pick<PanelCore, 'database' | 'secretBox' | 'panelSettings'>) {
    this.#core = core;
    this.clients = new OidcClients(core.secretBox, core.panelSettings);
  }

  async redirectUri(): Promise<string> {
    return (await this.#core.panelSettings.linkBase()) + callbackPath;
  }

  async enabled(): Promise<{ id: string; name: string }[]> {
    const rows = await this.#rows.find({ where: { isEnabled: true }, order: { name: 'ASC' } });
    return rows.map(({ id, name }) => ({ id, name }));
  }

  /** One that people can sign in by at the moment. */
  async requireEnabled(id: string): Promise<OidcProviderRow> {
    const row = await this.#rows.findOneBy({ id, isEnabled: true });
    if (!row) throw noSuchProvider();
    return row;
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<OidcProvider>> {
    const rows = await this.#rows.find({
      where: cursor !== undefined ? { id: LessThan(cursor) } : {},
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const redirectUri = await this.redirectUri();
    const items = rows.slice(0, limit).map((row) => describe(row, redirectUri));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async create(wish: z.output<typeof NewOidcProvider>, caller: Caller): Promise<OidcProvider> {
    requireIssuer(wish.issuer);
    await this.#requireRoles(wish.groupRoles, caller);
    const { clientSecret, ...fields } = wish;
    const id = uuid();
    const now = new Date();
    const row: OidcProviderRow = {
      id,
      ...fields,
      scopes: withOpenId(fields.scopes),
      sealedSecret: this.#seal(id, clientSecret),
      createdAt: now,
      updatedAt: now,
    };
    await this.#rows.insert(row as never).catch(refuseTaken);
    return describe(row, await this.redirectUri());
  }

  async update(
    id: string,
    { clientSecret, ...changes }: z.output<typeof OidcProviderChanges>,
    caller: Caller,
  ): Promise<OidcProvider> {
    const before = await this.#rows.findOneBy({ id });
    if (!before) throw noSuchProvider();
    if (changes.groupRoles) await this.#requireRoles(changes.groupRoles, caller);
    const row: OidcProviderRow = {
      ...before,
      ...changes,
      ...(changes.scopes && { scopes: withOpenId(changes.scopes) }),
      ...(clientSecret !== undefined && { sealedSecret: this.#seal(id, clientSecret) }),
      updatedAt: new Date(Math.max(Date.now(), before.updatedAt.getTime() + 1)),
    };
    await this.#rows.update({ id }, row as never).catch(refuseTaken);
    return describe(row, await this.redirectUri());
  }

  async delete(id: string): Promise<void> {
    const { affected } = await this.#rows.delete({ id });
    if (affected !== 1) throw noSuchProvider();
  }

  async test(id: string): Promise<{ answers: boolean; problem: string | null }> {
    const row = await this.#rows.findOneBy({ id });
    if (!row) throw noSuchProvider();
    try {
      await this.clients.configurationOf(row, true);
      return { answers: true, problem: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { answers: false, problem: error.message };
    }
  }

  /** What groups give is given by whoever says so. */
  async #requireRoles(groupRoles: { roleId: string }[], caller: Caller): Promise<void> {
    const ids = [...new Set(groupRoles.map(({ roleId }) => roleId))];
    const roles = await this.#core.database.getRepository(RoleEntity).findBy({ id: In(ids) });
    if (roles.length < ids.length) throw new AppError('conflict', 'One of the roles does not exist any more');
    for (const role of roles) {
      if (role.builtIn !== 'user') assertMayGrant(caller, role.permissions, 'groupRoles');
    }
  }

  #seal(id: string, secret: string | null): string | null {
    return secret === null ? null : this.#core.secretBox.seal(secret, secretPlace(id));
  }

  get #rows() {
    return this.#core.database.getRepository(OidcProviderEntity);
  }
}

const noSuchProvider = () => new AppError('not_found', 'There is no such provider');

/** Codes and secrets cross the network to it. */
function requireIssuer(issuer: string): void {
  const { protocol, hostname } = new URL(issuer);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isHere = host === 'localhost' || (isIP(host) !== 0 && isLoopback(host));
  if (protocol === 'https:' || isHere) return;
  throw new AppError('invalid_input', 'Some of the input is not right', {
    issues: [{ path: 'issuer', message: 'must start with https://' }],
  });
}

const withOpenId = (scopes: string[]) => [...new Set(['openid', ...scopes])];

function refuseTaken(error: unknown): never {
  if (isUniqueViolation(error)) throw new AppError('conflict', 'There is a provider of this name already');
  throw error;
}

function describe(row: OidcProviderRow, redirectUri: string): OidcProvider {
  const { sealedSecret, ...rest } = row;
  return { ...rest, hasSecret: sealedSecret !== null, redirectUri };
}
