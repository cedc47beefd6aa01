import { AppError } from '@catalyst/shared/contract/errors';
import type { factorRoutes, PasskeyAnswer } from '@catalyst/shared/features/factors';
import type { z } from 'zod';
import { strings } from './strings.ts';

type Proof = z.input<typeof PasskeyAnswer>['response'];
type Creation = z.input<typeof factorRoutes.addPasskey.schema.body>['response'];

/** Browsers have passkeys only where the connection is safe and the address a name, and ours must speak their JSON. */
export function supportsPasskeys(hostname = location.hostname): boolean {
  return (
    isSecureContext &&
    !isIpAddress(hostname) &&
    typeof PublicKeyCredential === 'function' &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential
  );
}

const isIpAddress = (hostname: string): boolean => hostname.startsWith('[') || /^[\d.]+$/.test(hostname);

/** Asks the browser for a proof; `options` as the panel gave them. */
export async function provePasskey(options: Record<string, unknown>): Promise<Proof> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  const credential = await ceremony(() => navigator.credentials.get({ publicKey }));
  return credential.toJSON() as Proof;
}

/** Has the browser make a passkey. */
export async function makePasskey(options: Record<string, unknown>): Promise<Creation> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const credential = await ceremony(() => navigator.credentials.create({ publicKey }));
  return credential.toJSON() as unknown as Creation;
}

async function ceremony(start: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await start();
    if (credential) return credential as PublicKeyCredential;
  } catch (cause) {
    throw new AppError('bad_request', sentenceOfRefusal(cause), { cause });
  }
  throw new AppError('bad_request', strings.passkeyCancelled);
}

/** Browsers do not tell whether somebody cancelled, had none, or was too slow. */
export function sentenceOfRefusal(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError') return strings.passkeyCancelled;
  if (name === 'InvalidStateError') return strings.passkeyKnown;
  if (name === 'SecurityError') return strings.passkeyOtherHost;
  return strings.passkeyFailed;
}
