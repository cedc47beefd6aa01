/** What an address of a page in front of the sign-in carries that must not stay in the history. */
export interface EntrySecrets {
  /** The token of a link, behind the `#`. */
  linkToken: string | null;
  /** What a provider sent the browser back with. */
  callback: string | null;
}

export function entrySecretsOf(address: { pathname: string; search: string; hash: string }): EntrySecrets {
  const isLink = /\/(register|verify|reset)\/?$/.test(address.pathname);
  const isCallback = /\/sign-in\/callback\/?$/.test(address.pathname);
  return {
    linkToken: isLink && address.hash.length > 1 ? address.hash.slice(1) : null,
    callback: isCallback && address.search.length > 1 ? address.search : null,
  };
}

/** Of the address that this window was opened with. Read and removed before the router is made, which keeps what it sees. */
export const entrySecrets: EntrySecrets = entrySecretsOf(location);

if (entrySecrets.linkToken || entrySecrets.callback) {
  history.replaceState(null, '', location.pathname + (entrySecrets.callback ? '' : location.search));
}
