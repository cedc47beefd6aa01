import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { ConnectionCap } from './connection-cap.ts';
import { createOnePortServer } from './one-port.ts';

const noTls = () => ({ key: '', cert: '' });
const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

it('one address has only so many connections, and others when it gives them back', async () => {
  const cap = new ConnectionCap((address) => (address === '127.0.0.1' ? 3 : 1));
  const server = createOnePortServer((_request, response) => void response.end('yes'), noTls, cap);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const isServed = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    open.push(socket);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    return Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]);
  };
  expect([await isServed(), await isServed(), await isServed()]).toEqual([true, true, true]);
  expect(await isServed()).toBe(false);
  open[0]?.destroy();
  await vi.waitFor(async () => expect(await isServed()).toBe(true));
  server.close();
});

it.each([
  ['203.0.113.7', '203.0.113.7', false],
  ['::ffff:203.0.113.7', '203.0.113.7', false],
  ['::ffff:203.0.113.7', '::ffff:203.0.113.8', true],
  ['2001:db8::1', '2001:db8::2', false],
  ['2001:db8::1', '2001:db8:0:1::1', true],
  ['127.0.0.1', '127.0.0.1', true],
  ['198.51.100.1', '198.51.100.1', true],
])('of %s 500 come in, then from %s: %s', (first, then, isAdmitted) => {
  const cap = ConnectionCap.forStrangers((address) => address === '198.51.100.1');
  const from = (remoteAddress: string) => cap.admits({ remoteAddress, once() {}, destroy() {} } as never);
  for (let count = 0; count < 500; count += 1) expect(from(first)).toBe(true);
  expect(from(then)).toBe(isAdmitted);
});
