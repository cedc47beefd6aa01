import { type Grants, grantsOf, permissions, serverPermissions } from '@catalyst/shared/contract/permissions';
import type { ApiKey, NewApiKey } from '@catalyst/shared/features/api-keys';
import type { z } from 'zod';

export type Expiry = '7' | '30' | '90' | '365' | 'date' | 'never';

export interface KeyFormValues {
  name: string;
  scopes: string[];
  expiry: Expiry;
  /** `2027-03-31`, the last day it works. */
  expiryDate: string;
  requestsPerMinute: number | null;
  addresses: string;
}

export type KeyBody = z.input<typeof NewApiKey>;

const dayMs = 86_400_000;

/** What a person's key can be given: what the role permits, and all that one may do on servers of one's own. */
export function grantableToKeys(held: readonly string[]): Grants {
  return grantsOf([...held, ...serverPermissions]);
}

export const readScopes = (held: Grants): string[] =>
  permissions.filter((name) => name.endsWith('.read') && held.has(name));

export const allScopes = (held: Grants): string[] =>
  held.has('*') ? ['*'] : permissions.filter((name) => held.has(name));

export function valuesOf(key: ApiKey | undefined, held: Grants): KeyFormValues {
  if (!key) {
    return {
      name: '',
      scopes: readScopes(held),
      expiry: '90',
      expiryDate: '',
      requestsPerMinute: null,
      addresses: '',
    };
  }
  return {
    name: key.name,
    scopes: key.scopes,
    expiry: key.expiresAt ? 'date' : 'never',
    expiryDate: key.expiresAt ? localDay(key.expiresAt) : '',
    requestsPerMinute: key.requestsPerMinute,
    addresses: key.allowedAddresses.join('\n'),
  };
}

/** As it is sent. A day that is no day becomes one that the rules refuse. */
export function bodyOf(values: KeyFormValues, now: Date): KeyBody {
  return {
    name: values.name,
    scopes: values.scopes as KeyBody['scopes'],
    expiresAt: expiryOf(values, now),
    requestsPerMinute: values.requestsPerMinute,
    allowedAddresses: values.addresses.split(/[\s,;]+/).filter(Boolean),
  };
}

function expiryOf({ expiry, expiryDate }: KeyFormValues, now: Date): string | null {
  if (expiry === 'never') return null;
  if (expiry !== 'date') return new Date(now.getTime() + Number(expiry) * dayMs).toISOString();
  const end = new Date(`${expiryDate}T23:59:59.999`);
  return Number.isNaN(end.getTime()) ? '' : end.toISOString();
}

function localDay(at: Date): string {
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
