import { auditText } from './audit-text.ts';

/** Found anywhere in the name of a field, once it has only letters and digits. */
const secretParts = new RegExp(
  [
    'pass|pwd|secret|token|cookie|auth(?!or(?!i[sz]))|credential|private|bearer|jwt|csrf|xsrf|session|salt|webhook',
    '(api|access|ssh|signing|encryption|master|licen[cs]e)key|keyfile|pem$',
    'recovery|ceremony|(mfa|otp|backup|onetime|verification|reset|invite)codes?|totp|challenge|assertion|signature',
    'dsn$|connectionstring|databaseurl',
  ].join('|'),
);
/** Only as the whole name, as they are parts of harmless words too. */
const secretNames =
  /^(key|keys|codes?|pins?|otp|mfa|seed|hash|sid|pw|psk|sig|pem|nonce|verifier|search|invitation)$/;
/** Credentials by what they look like, under whatever name. */
const secretValues: [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w+/=.~-]{8,}/gi, '$1 [redacted]'],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@]{1,200}@/gi, '$1[redacted]@'],
  [/\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g, '[redacted]'],
  [/\b(cat1\.|catalyst_|gh[pousr]_|github_pat_|xox[abp]-|sk-|AKIA)[\w.-]{12,}/g, '[redacted]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*/g, '[redacted]'],
  [/([?&][\w.-]{0,40}(?:token|key|secret|sig|signature|password|code)=)[^&#\s]+/gi, '$1[redacted]'],
];
/** Of a text, so that looking for credentials takes no time worth mentioning; less than that is kept. */
const lookedAt = 2000;
export const mostListed = 50;
const maxDepth = 6;
/** Of all of it, as JSON. */
const maxLength = 64 * 1024;
const redacted = '[redacted]';

/** What of a request may be kept: no secrets, by the names of their fields and by their looks, and nothing endless. */
export function redact(details: Record<string, unknown>): Record<string, unknown> {
  const kept = shorten(details, 0) as Record<string, unknown>;
  const text = JSON.stringify(kept);
  return text.length > maxLength ? { tooLong: Object.keys(kept) } : JSON.parse(text);
}

/** `Pass-Word`, `ｐａｓｓ`, and `p\u200bass` are all the same name. */
export function isSecretName(name: string): boolean {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
  return secretParts.test(plain) || secretNames.test(plain);
}

function shorten(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return auditText(withoutSecrets(value));
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return '…';
  if (Array.isArray(value)) return value.slice(0, mostListed).map((element) => shorten(element, depth + 1));
  const entries = Object.entries(value).slice(0, mostListed);
  return Object.fromEntries(
    entries.map(([name, inner]) => [auditText(name), shortenField(name, inner, depth)]),
  );
}

function shortenField(name: string, value: unknown, depth: number): unknown {
  // That something is on, or empty, is no secret.
  if (isSecretName(name) && typeof value !== 'boolean' && value !== null && value !== undefined)
    return redacted;
  // A variable of a server may be a secret; that it was set is all there is to say.
  if (name === 'environment' && typeof value === 'object' && value !== null) {
    return Object.keys(value).slice(0, mostListed).map(auditText);
  }
  return shorten(value, depth + 1);
}

function withoutSecrets(text: string): string {
  return secretValues.reduce(
    (kept, [looks, instead]) => kept.replace(looks, instead),
    text.slice(0, lookedAt),
  );
}
