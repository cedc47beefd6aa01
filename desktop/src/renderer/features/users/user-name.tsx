import type { ManagedUser } from '@catalyst/shared/features/users';
import { useUser } from '../sessions/use-session.ts';
import { strings } from './strings.ts';
import classes from './user-name.module.css';

/** How a user is called on the screen. */
export const shownName = ({ displayName, name }: Pick<ManagedUser, 'displayName' | 'name'>): string =>
  displayName ?? name;

/** Active or disabled, in colour and word. */
export function UserState({ user }: { user: ManagedUser }) {
  const state = user.disabledAt ? 'disabled' : 'active';
  return (
    <span className={classes.state} data-state={state}>
      <span className={classes.dot} aria-hidden />
      {strings.states[state]}
    </span>
  );
}

export function YouTag({ id }: { id: string }) {
  return useUser().id === id ? <span className={classes.you}>{strings.you}</span> : null;
}
