import { AppError } from '@catalyst/shared/contract/errors';
import type { Configuration, CustomFetch } from 'openid-client';
import type { SecretBox } from '../../identity/secret-box.ts';
import { guardedFetch } from '../../outbound/guarded-fetch.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import type { OidcProviderRow } from './oidc-provider.entity.ts';

const keepMs = 10 * 60_000;

/** Loaded when somebody signs in by a provider. */
export const openIdClient = () => import('openid-client');

export const secretPlace = (providerId: string) => `oidc_providers/${providerId}/secret`;

/** What providers say of themselves, asked over connections that lead where an administrator allows. */
export class OidcClients {
  readonly #box: SecretBox;
  readonly #settings: PanelSettings;
  readonly #known = new Map<string, { configuration: Configuration; until: number; version: number }>();

  constructor(box: SecretBox, settings: PanelSettings) {
    this.#box = box;
    this.#settings = settings;
  }

  /** Throws `unavailable` when the provider does not answer as one. */
  async configurationOf(row: OidcProviderRow, isFresh = false): Promise<Configuration> {
    const version = row.updatedAt.getTime();
    const known = this.#known.get(row.id);
    if (!isFresh && known && known.version === version && known.until > Date.now())
      return known.configuration;
    const configuration = await this.#discover(row);
    this.#known.set(row.id, { configuration, until: Date.now() + keepMs, version });
    return configuration;
  }

  async #discover(row: OidcProviderRow): Promise<Configuration> {
    const {
      allowInsecureRequests,
      ClientSecretBasic,
      customFetch,
      discovery,
      enableNonRepudiationChecks,
      None,
    } = await openIdClient();
    const issuer = new URL(row.issuer);
    const secret = this.#secretOf(row);
    const fetched = guardedFetch(await this.#settings.read('allowedNetworks'));
    const fetchGuarded: CustomFetch = (url, { method, headers, body, signal }) =>
      fetched(url, { method, headers, body: body as string | URLSearchParams | null, signal });
    const authentication = secret === null ? None() : ClientSecretBasic(secret);
    try {
      return await discovery(issuer, row.clientId, {}, authentication, {
        [customFetch]: fetchGuarded,
        // Only this machine is spoken to without TLS; see `requireIssuer`.
        execute: [
          enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : []),
        ],
      });
    } catch (cause) {
      throw providerTrouble(cause);
    }
  }

  #secretOf({ id, sealedSecret }: OidcProviderRow): string | null {
    if (sealedSecret === null) return null;
    try {
      return this.#box.open(sealedSecret, secretPlace(id));
    } catch (cause) {
      throw new AppError(
        'conflict',
        'The stored secret of this provider cannot be read any more; enter it again',
        {
          cause,
        },
      );
    }
  }
}

/** Whatever is wrong with the provider's answers is not the visitor's fault. */
export function providerTrouble(cause: unknown): AppError {
  const refusal = innermost(cause);
  if (refusal instanceof AppError && refusal.code === 'invalid_input') {
    return new AppError('conflict', `The provider cannot be used: ${refusal.message}`, { cause });
  }
  return new AppError('unavailable', 'The provider does not answer as it should', { cause });
}

function innermost(error: unknown): unknown {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return error instanceof AppError || cause === undefined ? error : innermost(cause);
}
