const storageKey = 'catalyst-invite';

/**
 * The token of an invitation: in the fragment, which is sent nowhere, and kept for this tab while its reader signs in or
 * makes an account.
 */
export function inviteTokenOf(fragment: string, storage: Storage): string | null {
  const token = fragment.replace(/^#/, '');
  if (token === '') return storage.getItem(storageKey);
  storage.setItem(storageKey, token);
  return token;
}

export const forgetInvite = (storage: Storage): void => storage.removeItem(storageKey);
