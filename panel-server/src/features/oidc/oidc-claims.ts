import type { OidcProviderRow } from './oidc-provider.entity.ts';

/** What of a provider's word the panel goes by. */
export interface OidcClaims {
  subject: string;
  /** Only an address that the provider says it has verified; lower case. */
  verifiedEmail: string | undefined;
  /** What the account is called there. */
  label: string;
  userName: string | undefined;
  displayName: string | undefined;
  groups: string[];
  signedInAt: number | undefined;
}

export function claimsOf(claims: Record<string, unknown>, { groupClaim }: OidcProviderRow): OidcClaims {
  const email = text(claims.email)?.trim().toLowerCase();
  const isVerified = claims.email_verified === true;
  const groups = groupClaim === null ? [] : [claims[groupClaim] ?? []].flat();
  return {
    subject: String(claims.sub),
    verifiedEmail: isVerified ? email : undefined,
    label: email ?? text(claims.preferred_username) ?? String(claims.sub),
    userName: text(claims.preferred_username) ?? text(claims.nickname),
    displayName: text(claims.name),
    groups: groups.filter((group) => typeof group === 'string').slice(0, 1000),
    signedInAt: typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : undefined,
  };
}

const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value.slice(0, 300) : undefined;
