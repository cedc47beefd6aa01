import { call } from '@catalyst/shared/contract/rpc';
import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { clientCalls } from '@catalyst/shared/realtime';
import { useCallback, useEffect, useRef, useState } from 'react';
import { socket } from '../../api/socket.ts';
import { mayOnServer } from '../servers/power.ts';

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** A window that is being dragged has a new size all the time. */
const settledAfterMs = 250;

/** Tells a game that has a terminal how large this view of it is, also when it starts again; others are not told. */
export function useTerminalSize(server: Server): (size: TerminalSize) => void {
  const [size, setSize] = useState<TerminalSize>();
  const settling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isWanted = server.terminal && server.node.online && mayOnServer(server, 'console.write');
  const { id: serverId } = server;
  const run = isWanted && isUp(server.state) ? `${server.stateChangedAt.getTime()} ${server.state}` : null;
  useEffect(() => {
    if (run === null || !size || !socket.connected) return;
    // A size that does not arrive is told again with the next change.
    void call(socket, clientCalls, 'console:resize', { serverId, ...size }).catch(() => {});
  }, [serverId, run, size]);
  useEffect(() => () => clearTimeout(settling.current), []);
  return useCallback((next) => {
    clearTimeout(settling.current);
    settling.current = setTimeout(() => setSize(next), settledAfterMs);
  }, []);
}
