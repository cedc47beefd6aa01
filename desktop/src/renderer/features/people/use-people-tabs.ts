import { useMay } from '../sessions/use-session.ts';
import { strings } from './strings.ts';

/** The pages about people that this person may see; the first is where “People” leads. */
export function usePeopleTabs(): { to: string; name: string }[] {
  const mayReadUsers = useMay('user.read');
  const mayReadRoles = useMay('role.read');
  const mayInvite = useMay('user.invite');
  const mayReadKeys = useMay('apikey.read');
  return [
    ...(mayReadUsers ? [{ to: '/people/users', name: strings.tabs.users }] : []),
    ...(mayReadRoles ? [{ to: '/people/roles', name: strings.tabs.roles }] : []),
    ...(mayInvite ? [{ to: '/people/invitations', name: strings.tabs.invitations }] : []),
    ...(mayReadKeys ? [{ to: '/people/api-keys', name: strings.tabs.apiKeys }] : []),
  ];
}
