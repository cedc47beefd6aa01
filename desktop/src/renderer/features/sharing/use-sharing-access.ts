import type { Server } from '@catalyst/shared/features/servers';
import { mayOnServer } from '../servers/power.ts';
import { useMay, useUser } from '../sessions/use-session.ts';
import { isSharedWith } from './rights.ts';

/** What of the sharing page somebody may see; without anything the page is not offered. */
export function useSharingAccess(server: Server) {
  const me = useUser();
  const mayGiveToAnyone = useMay('server.change-owner');
  const mayRead = mayOnServer(server, 'subuser.read');
  const isOwner = server.owner.id === me.id;
  const mayTransfer = isOwner || mayGiveToAnyone;
  return { mayRead, mayTransfer, mayOpen: mayRead || mayTransfer || isSharedWith(me, server) };
}
