import { NewOidcProvider, type OidcProvider, OidcProviderChanges } from '@catalyst/shared/features/oidc';
import type { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';
import { strings } from './strings.ts';

export interface ProviderForm {
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string[];
  isEnabled: boolean;
  allowCreate: boolean;
  isTrusted: boolean;
  skipsFactor: boolean;
  groupClaim: string;
  groupRoles: { group: string; roleId: string }[];
}

export const formOf = (provider?: OidcProvider): ProviderForm => ({
  name: provider?.name ?? '',
  issuer: provider?.issuer ?? '',
  clientId: provider?.clientId ?? '',
  clientSecret: '',
  scopes: provider?.scopes ?? ['openid', 'email', 'profile'],
  isEnabled: provider?.isEnabled ?? true,
  allowCreate: provider?.allowCreate ?? false,
  isTrusted: provider?.isTrusted ?? false,
  skipsFactor: provider?.skipsFactor ?? false,
  groupClaim: provider?.groupClaim ?? '',
  groupRoles: provider?.groupRoles ?? [],
});

export function toNew({ clientSecret, ...form }: ProviderForm): z.input<typeof NewOidcProvider> {
  return {
    ...form,
    groupClaim: form.groupClaim.trim() || null,
    ...(clientSecret !== '' && { clientSecret }),
  };
}

/** A secret that is left empty stays. */
export function toChanges(form: ProviderForm): z.input<typeof OidcProviderChanges> {
  const { issuer: _, ...changes } = toNew(form);
  return changes;
}

export function validate(form: ProviderForm, isNew: boolean): Record<string, string> {
  const issues = isNew
    ? validateWith(NewOidcProvider)(toNew(form))
    : validateWith(OidcProviderChanges)(toChanges(form));
  if (issues.issuer && form.issuer.trim() !== '') issues.issuer = strings.issuerInvalid;
  const rows = form.groupRoles.flatMap(({ group, roleId }, index) => [
    ...(group.trim() === '' ? [[`groupRoles.${index}.group`, strings.groupMissing]] : []),
    ...(roleId === '' ? [[`groupRoles.${index}.roleId`, strings.roleMissing]] : []),
  ]);
  return { ...issues, ...Object.fromEntries(rows) };
}
