const outsideFrame = /^\/(sign-in|setup|register|forgot|reset|verify)(\/|$)/;

/** Where to go after signing in: only ever a page of this panel, whatever the address says. */
export function safeReturnPath(wanted: string | null, origin: string): string {
  const home = '/servers';
  if (!wanted?.startsWith('/')) return home;
  let url: URL;
  try {
    url = new URL(wanted, origin);
  } catch {
    return home;
  }
  if (url.origin !== origin || url.pathname.startsWith('//') || outsideFrame.test(url.pathname)) return home;
  return url.pathname + url.search + url.hash;
}

/** The address of the sign-in page that leads back here. */
export function signInPath(here: { pathname: string; search: string; hash: string }): string {
  const path = here.pathname + here.search + here.hash;
  return path === '/' || path === '/servers' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`;
}
