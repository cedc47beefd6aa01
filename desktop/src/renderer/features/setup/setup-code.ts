/**
 * The one-time code in the address that the panel printed: `/#setup=CODE` or `/setup#CODE`. It is in the fragment because
 * that part is never sent, so it reaches no log.
 */
export function setupCodeOf(address: { pathname: string; hash: string }): string | null {
  const fragment = address.hash.replace(/^#/, '');
  const named = new URLSearchParams(fragment).get('setup') ?? new URLSearchParams(fragment).get('code');
  if (named) return named;
  const isSetupPage = /\/setup\/?$/.test(address.pathname);
  return isSetupPage && fragment !== '' && !fragment.includes('=') ? decode(fragment) : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
