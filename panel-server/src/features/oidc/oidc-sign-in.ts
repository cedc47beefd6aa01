import { AppError } from '@catalyst/shared/contract/errors';
import type { OidcPurpose } from '@catalyst/shared/features/oidc';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { requireRecentProof } from '../../http/recently-authenticated.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import type { Factors } from '../factors/factors.service.ts';
import type { SignedInSession, SignIn, Visitor } from '../sessions/sign-in.ts';
import { IdentityEntity } from './identity.entity.ts';
import { OidcAccounts } from './oidc-accounts.ts';
import { claimsOf, type OidcClaims } from './oidc-claims.ts';
import { openIdClient, providerTrouble } from './oidc-client.ts';
import { OidcProviderEntity, type OidcProviderRow } from './oidc-provider.entity.ts';
import type { OidcProviders } from './oidc-providers.ts';

const flowMs = 10 * 60_000;
/** How far the provider's clock may be off when it says when somebody signed in there. */
const clockSkewMs = 60_000;

type Purpose = z.output<typeof OidcPurpose>;

/** What is kept of a visitor who is at the provider; the token to it is a cookie of that one browser. */
interface Flow {
  providerId: string;
  purpose: Purpose;
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
  /** Of the session that links or proves itself; the same one must come back. */
  sessionId: string | null;
  startedAt: number;
}

export type Outcome =
  | { purpose: 'sign-in'; signedIn: SignedInSession }
  | { purpose: 'link' }
  | { purpose: 'reauthenticate'; authenticatedUntil: Date };

interface Parts {
  tokens: AccountTokens;
  providers: OidcProviders;
  signIn: SignIn;
  factors: Factors;
}

type Core = Pick<PanelCore, 'database' | 'users' | 'sessions' | 'signInLimiter' | 'revocations' | 'log'>;

/** The way over an OpenID provider and back: PKCE, state and nonce, each bound to the browser that set out. */
export class OidcSignIn {
  readonly #core: Core;
  readonly #parts: Parts;
  readonly #accounts: OidcAccounts;

  constructor(core: Core, parts: Parts) {
    this.#core = core;
    this.#parts = parts;
    this.#accounts = new OidcAccounts(core);
  }

  async start(
    providerId: string,
    purpose: Purpose,
    caller: Caller | undefined,
  ): Promise<{ url: string; cookie: string; expiresAt: Date }> {
    const { providers, tokens } = this.#parts;
    const provider = await providers.requireEnabled(providerId);
    if (purpose !== 'sign-in') await this.#requireSession(purpose, caller);
    const client = await openIdClient();
    const configuration = await providers.clients.configurationOf(provider);
    const flow: Flow = {
      providerId,
      purpose,
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      redirectUri: await providers.redirectUri(),
      sessionId: purpose === 'sign-in' ? null : (caller?.sessionId ?? null),
      startedAt: Date.now(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: flow.redirectUri,
      scope: provider.scopes.join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
      state: flow.state,
      nonce: flow.nonce,
      // Whoever is signed in there must sign in there again.
      ...(purpose === 'reauthenticate' && { prompt: 'login', max_age: '0' }),
    });
    const { token, expiresAt } = await tokens.issue('oidc', { data: { ...flow }, lifetimeMs: flowMs });
    return { url: url.href, cookie: token, expiresAt };
  }

  async finish(search: string, cookie: string | undefined, visitor: Visitor): Promise<Outcome> {
    const { ip } = visitor.client;
    const flow = await this.#core.signInLimiter.attempt(
      ip,
      'oidc',
      async () => (await this.#parts.tokens.take<Flow>('oidc', cookie ?? ''))?.data,
    );
    if (!flow) throw new AppError('invalid_credentials', 'This way in was begun elsewhere, or took too long');
    const provider = await this.#parts.providers.requireEnabled(flow.providerId);
    const claims = await this.#claims(provider, flow, search, ip);
    switch (flow.purpose) {
      case 'sign-in':
        return { purpose: 'sign-in', signedIn: await this.#signIn(provider, claims, visitor) };
      case 'link':
        await this.#link(provider, claims, this.#sameSession(flow, visitor));
        return { purpose: 'link' };
      case 'reauthenticate':
        return this.#reauthenticate(provider, claims, flow, this.#sameSession(flow, visitor));
    }
  }

  async identitiesOf(userId: string) {
    const { database } = this.#core;
    const rows = await database
      .getRepository(IdentityEntity)
      .find({ where: { userId }, order: { id: 'ASC' } });
    const providers = await database.getRepository(OidcProviderEntity).find();
    const names = new Map(providers.map(({ id, name }) => [id, name]));
    return rows.map(({ id, providerId, label, createdAt, lastUsedAt }) => ({
      id,
      provider: { id: providerId, name: names.get(providerId) ?? '' },
      label,
      createdAt,
      lastUsedAt,
    }));
  }

  async unlink(caller: Caller, id: string): Promise<void> {
    const { affected } = await this.#core.database
      .getRepository(IdentityEntity)
      .delete({ id, userId: caller.userId });
    if (affected !== 1) throw new AppError('not_found', 'There is no such account');
    await this.#parts.factors.changed(caller, 'An account of a provider no longer signs in to yours.');
  }

  async #requireSession(purpose: Purpose, caller: Caller | undefined): Promise<void> {
    if (!caller || caller.key) throw new AppError('invalid_credentials', 'Sign in first');
    if (purpose === 'link') await requireRecentProof(this.#core.sessions, caller.sessionId);
  }

  /** A flow that somebody else set out on must not end in this one's account. */
  #sameSession(flow: Flow, { previous }: Visitor): Caller {
    if (previous && !previous.key && previous.sessionId === flow.sessionId) return previous;
    throw new AppError('invalid_credentials', 'Your session has changed in the meantime; begin again');
  }

  async #claims(provider: OidcProviderRow, flow: Flow, search: string, ip: string): Promise<OidcClaims> {
    const client = await openIdClient();
    const configuration = await this.#parts.providers.clients.configurationOf(provider);
    const back = new URL(flow.redirectUri);
    back.search = search;
    const tokens = await client
      .authorizationCodeGrant(configuration, back, {
        pkceCodeVerifier: flow.verifier,
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        idTokenExpected: true,
      })
      .catch(async (cause: unknown) => {
        // Forged answers count as failures; a provider that is away does not.
        await this.#core.signInLimiter.attempt(ip, 'oidc', async () => undefined);
        this.#core.log.warn({ err: cause, provider: provider.name }, 'A sign-in by a provider was refused');
        throw new AppError('invalid_credentials', 'The provider did not vouch for you', { cause });
      });
    const idToken = tokens.claims();
    if (!idToken) throw new AppError('invalid_credentials', 'The provider did not vouch for you');
    const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
    const userInfo = hasMore
      ? await client
          .fetchUserInfo(configuration, tokens.access_token, idToken.sub)
          .catch((cause: unknown) => {
            throw providerTrouble(cause);
          })
      : {};
    return claimsOf({ ...userInfo, ...idToken }, provider);
  }

  async #signIn(provider: OidcProviderRow, claims: OidcClaims, visitor: Visitor): Promise<SignedInSession> {
    const owner = await this.#accounts.ownerOf(provider, claims);
    if (owner.user.disabledAt) throw new AppError('invalid_credentials', 'This account is disabled');
    const upToDate = await this.#accounts.applyGroups(provider, claims, owner);
    return this.#parts.signIn.finish(upToDate, visitor, { skipsFactor: provider.skipsFactor });
  }

  async #link(provider: OidcProviderRow, claims: OidcClaims, caller: Caller): Promise<void> {
    await this.#accounts.link(provider, claims, caller.userId).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('conflict', `This account of ${provider.name} is linked already`);
    });
    await this.#parts.factors.changed(
      caller,
      `An account of ${provider.name} signs in to yours from now on.`,
    );
  }

  async #reauthenticate(
    provider: OidcProviderRow,
    claims: OidcClaims,
    flow: Flow,
    caller: Caller,
  ): Promise<Outcome> {
    const identity = await this.#core.database
      .getRepository(IdentityEntity)
      .findOneBy({ providerId: provider.id, subject: claims.subject, userId: caller.userId });
    const isFresh = claims.signedInAt !== undefined && claims.signedInAt >= flow.startedAt - clockSkewMs;
    if (!identity || !isFresh) {
      throw new AppError('invalid_credentials', `${provider.name} did not say that it was you, just now`);
    }
    return {
      purpose: 'reauthenticate',
      authenticatedUntil: await this.#core.sessions.noteProof(caller.sessionId),
    };
  }
}
