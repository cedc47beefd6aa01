import { z } from 'zod';
import { observable, useObservable } from '../../api/observable.ts';

/** How one person likes this window; kept in the browser, so it may hold anything and is read with care. */
const Preferences = z.object({
  density: z.enum(['auto', 'compact', 'roomy']).catch('auto'),
  railCollapsed: z.boolean().catch(false),
  serverView: z.enum(['table', 'cards']).catch('table'),
  groupServers: z.boolean().catch(false),
  fileView: z.enum(['list', 'grid']).catch('list'),
  fileSort: z
    .object({ column: z.enum(['name', 'size', 'modified']), descending: z.boolean() })
    .catch({ column: 'name', descending: false }),
  /** Null follows the width of the window. */
  wrapLines: z.boolean().nullable().catch(null),
  announceConsole: z.boolean().catch(true),
});
export type Preferences = z.output<typeof Preferences>;

const storageKey = 'catalyst.preferences';

const preferences = observable<Preferences>(read());

export const usePreferences = (): Preferences => useObservable(preferences);

export function setPreference<Name extends keyof Preferences>(name: Name, value: Preferences[Name]): void {
  const next = { ...preferences.get(), [name]: value };
  preferences.set(next);
  applyDensity();
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // A browser that keeps nothing still follows the choice while the page is open.
  }
}

/** The stylesheet reads the density from the root element. */
export function applyDensity(): void {
  document.documentElement.dataset.density = preferences.get().density;
}

function read(): Preferences {
  let kept: unknown = {};
  try {
    kept = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
  } catch {
    // Unreadable: everything is as in the beginning.
  }
  return Preferences.safeParse(kept).data ?? Preferences.parse({});
}
