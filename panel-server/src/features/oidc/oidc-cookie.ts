import type { IncomingHttpHeaders } from 'node:http';

const nameFor = (isSecure: boolean) => (isSecure ? '__Host-catalyst-oidc' : 'catalyst-oidc');

/** Binds the way over a provider to the browser that set out on it. */
export function oidcCookie(token: string, expiresAt: Date, isSecure: boolean): string {
  const attributes = `Path=/; Expires=${expiresAt.toUTCString()}; HttpOnly; SameSite=Strict`;
  return `${nameFor(isSecure)}=${token}; ${attributes}${isSecure ? '; Secure' : ''}`;
}

export function readOidcCookie({ cookie }: IncomingHttpHeaders, isSecure: boolean): string | undefined {
  const wanted = `${nameFor(isSecure)}=`;
  const found = cookie
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(wanted));
  return found?.slice(wanted.length);
}
