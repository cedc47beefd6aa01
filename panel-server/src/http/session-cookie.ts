import type { IncomingHttpHeaders } from 'node:http';

const secureName = '__Host-catalyst';
/** Without TLS a browser refuses the prefix `__Host-`. */
const plainName = 'catalyst';
const tokenShape = /^[A-Za-z0-9_-]{43}$/;

/** The session token of a request's Cookie header. */
export function readSessionCookie(headers: IncomingHttpHeaders, isSecure: boolean): string | undefined {
  const header = headers.cookie;
  if (!header) return undefined;
  const wanted = `${isSecure ? secureName : plainName}=`;
  for (const part of header.split(';')) {
    const cookie = part.trimStart();
    if (!cookie.startsWith(wanted)) continue;
    const token = cookie.slice(wanted.length).trimEnd();
    if (tokenShape.test(token)) return token;
  }
  return undefined;
}

/** The token of an `Authorization: Bearer` header. */
export function readBearer(headers: IncomingHttpHeaders): string | undefined {
  const match = /^Bearer +([A-Za-z0-9_-]{43})$/i.exec(headers.authorization ?? '');
  return match?.[1];
}

export function sessionCookie(token: string, expiresAt: Date, isSecure: boolean): string {
  const attributes = `Path=/; Expires=${expiresAt.toUTCString()}; HttpOnly; SameSite=Strict`;
  return isSecure ? `${secureName}=${token}; ${attributes}; Secure` : `${plainName}=${token}; ${attributes}`;
}

export const endedSessionCookie = (isSecure: boolean) => sessionCookie('', new Date(0), isSecure);
