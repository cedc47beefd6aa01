import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

// A program that a test runs inside a network namespace: it answers and dials on demand, over its IPC channel.
export type PeerOrder =
  | { kind: 'listen'; protocol: 'tcp' | 'udp'; port: number; host?: string; label: string }
  | {
      kind: 'dial';
      protocol: 'tcp' | 'udp';
      port: number;
      host: string;
      localPort?: number;
      timeoutMs?: number;
    };

const orders: Record<PeerOrder['kind'], (order: never) => Promise<string>> = { listen, dial };

process.on('message', async ({ id, order }: { id: number; order: PeerOrder }) => {
  try {
    process.send?.({ id, text: await orders[order.kind](order as never) });
  } catch (error) {
    process.send?.({ id, error: (error as NodeJS.ErrnoException).code ?? String(error) });
  }
});
process.on('disconnect', () => process.exit(0));

function listen({ protocol, port, host = '0.0.0.0', label }: Extract<PeerOrder, { kind: 'listen' }>) {
  return new Promise<string>((resolve, reject) => {
    if (protocol === 'tcp') {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.end(`${label} sees ${socket.remoteAddress}`);
      });
      server.once('error', reject).listen(port, host, () => resolve('listening'));
      return;
    }
    const socket = createSocket('udp4');
    socket.on('message', (_data, from) =>
      socket.send(`${label} sees ${from.address}`, from.port, from.address),
    );
    socket.once('error', reject).bind(port, host, () => resolve('listening'));
  });
}

async function dial({ timeoutMs = 1500, ...to }: Extract<PeerOrder, { kind: 'dial' }>): Promise<string> {
  const limit = new AbortController();
  try {
    const work = to.protocol === 'tcp' ? dialTcp(to, limit.signal) : dialUdp(to, limit.signal);
    return await Promise.race([work, delay(timeoutMs, 'timeout', { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
}

function dialTcp(to: { host: string; port: number; localPort?: number }, signal: AbortSignal) {
  return new Promise<string>((resolve) => {
    const socket = connect(to);
    let text = '';
    signal.addEventListener('abort', () => socket.destroy());
    socket.on('data', (data) => {
      text += data;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.once('close', () => resolve(text));
  });
}

function dialUdp(to: { host: string; port: number; localPort?: number }, signal: AbortSignal) {
  return new Promise<string>((resolve) => {
    const socket = createSocket('udp4');
    signal.addEventListener('abort', () => socket.close());
    socket.once('message', (data) => resolve(data.toString()));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.bind(to.localPort ?? 0, () => socket.connect(to.port, to.host, () => socket.send('hello')));
  });
}
