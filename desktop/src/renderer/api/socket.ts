import { io, type Socket } from 'socket.io-client';
import { basePath } from './client.ts';
import { observable } from './observable.ts';

/** `caught-up` is shown for a moment after everything missed during a cut was read again. */
type ConnectionState = 'idle' | 'connecting' | 'online' | 'reconnecting' | 'caught-up';

const refusedRetryMs = 5000;

export const connection = observable<ConnectionState>('idle');

/** The one connection to the panel; it authenticates by the session's cookie, so it opens after signing in. */
export const socket: Socket = io({
  path: `${basePath}/socket.io`,
  autoConnect: false,
  transports: ['websocket', 'polling'],
  tryAllTransports: true,
  reconnectionDelay: 500,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
});

socket.on('connect', () => {
  if (connection.get() === 'connecting') connection.set('online');
});
socket.on('disconnect', (reason) => {
  // The panel ended it; whether the session is over is asked on the way back in.
  if (reason === 'io server disconnect') socket.connect();
  if (connection.get() !== 'idle') connection.set('reconnecting');
});
socket.on('connect_error', () => {
  if (connection.get() === 'idle') return;
  connection.set('reconnecting');
  // A transport that fails is tried again by itself; a refusal is not, and may pass.
  if (!socket.active) setTimeout(reopen, refusedRetryMs);
});

function reopen(): void {
  if (connection.get() !== 'idle' && !socket.active) socket.connect();
}

export function openSocket(): void {
  if (connection.get() !== 'idle') return;
  connection.set('connecting');
  socket.connect();
}

export function closeSocket(): void {
  connection.set('idle');
  socket.disconnect();
}
