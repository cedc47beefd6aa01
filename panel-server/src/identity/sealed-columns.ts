import type { EntitySchema } from 'typeorm';
import { AccountTokenEntity } from '../features/accounts/account-token.entity.ts';
import { tokenDataPlace } from '../features/accounts/account-tokens.ts';
import { TotpFactorEntity } from '../features/factors/totp-factor.entity.ts';
import { totpPlace } from '../features/factors/totp-factors.ts';
import { mailPasswordPlace, mailSetting } from '../features/mail/mail-settings.ts';
import { mailValuesPlace } from '../features/mail/outbox.ts';
import { OutgoingMailEntity } from '../features/mail/outgoing-mail.entity.ts';
import { secretPlace } from '../features/oidc/oidc-client.ts';
import { OidcProviderEntity } from '../features/oidc/oidc-provider.entity.ts';
import { registryPlace } from '../features/registries/registries.service.ts';
import { RegistryEntity } from '../features/registries/registry.entity.ts';
import { ServerEntity } from '../features/servers/server.entity.ts';
import { environmentPlace } from '../features/servers/server-secrets.ts';
import { answerPlace } from '../http/idempotency.ts';
import { IdempotencyKeyEntity } from '../http/idempotency-key.entity.ts';

export interface SealedColumn {
  /** Its key is `id`. */
  entity: EntitySchema;
  column: string;
  placeOf(id: string): string;
}

/** All that is sealed in the database, but for settings: what is missing here is lost when the key is changed. */
export const sealedColumns: SealedColumn[] = [
  { entity: ServerEntity, column: 'sealedEnvironment', placeOf: environmentPlace },
  { entity: RegistryEntity, column: 'sealedPassword', placeOf: registryPlace },
  { entity: OidcProviderEntity, column: 'sealedSecret', placeOf: secretPlace },
  { entity: TotpFactorEntity, column: 'sealedSecret', placeOf: totpPlace },
  { entity: AccountTokenEntity, column: 'sealedData', placeOf: tokenDataPlace },
  { entity: OutgoingMailEntity, column: 'sealedValues', placeOf: mailValuesPlace },
  { entity: IdempotencyKeyEntity, column: 'answer', placeOf: answerPlace },
];

/** Settings of which one field is sealed. */
export const sealedSettings = [{ name: mailSetting, field: 'sealedPassword', place: mailPasswordPlace }];
