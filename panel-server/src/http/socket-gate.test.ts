import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../testing/ask.ts';
import { type TestPanel, testPanel } from '../testing/test-panel.ts';
import { TestSocket } from '../testing/test-socket.ts';

let test: TestPanel;
beforeAll(async () => {
  test = await testPanel();
});
afterAll(() => test.close());

describe('a connection that nobody has let in', () => {
  it.each([
    ['tokens that are wrong', `40${JSON.stringify({ token: 'a'.repeat(43) })}`],
    ['nodes that do not exist', `40/agent,${JSON.stringify({ nodeId: randomUUID() })}`],
    ['namespaces that do not exist', '40/nothing,'],
    ['answers to no question', '3'],
  ])('is ended when it floods the panel with %s', async (_what, packet) => {
    const { received, closed, socket } = await open();
    for (let count = 0; count < 5000; count += 1) socket.send(packet);
    await closed;
    expect(received.filter((text) => text.startsWith('44')).length).toBeLessThanOrEqual(5);
    expect((await ask(test, '/health')).status).toBe(200);
  });

  it('is ended when it floods over long polling', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    const opened = await ask(test, path);
    const { sid } = JSON.parse(opened.text.slice(1));
    const body = Array(5000).fill('40{"token":"a"}').join('\x1e');
    await ask(test, `${path}&sid=${sid}`, { body, headers: { 'content-type': 'text/plain' } });
    expect((await ask(test, `${path}&sid=${sid}`)).text).not.toMatch(/(44.*){6}/s);
    expect((await ask(test, `${path}&sid=${sid}`)).status).toBe(400);
  });

  it('is ended when it says too much at once', async () => {
    const { closed, socket } = await open();
    socket.send(`40{"token":"${'a'.repeat(70_000)}"}`);
    await closed;
  });
});

it('a connection that leaves again is ended, and may not come and go without end', async () => {
  const { closed, socket } = await open();
  for (let count = 0; count < 100; count += 1) {
    socket.send(`40${JSON.stringify({ token: test.user.token })}`);
    socket.send('41');
  }
  await closed;
});

it('one that was let in says as much as it likes', async () => {
  const socket = await TestSocket.connected(test.url, test.user.token);
  for (let count = 0; count < 100; count += 1) socket.socket.emit('nothing');
  // That it is answered at all says that it is still served.
  await expect(socket.call('console:unsubscribe', { serverId: 'none' })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  socket.close();
});

async function open() {
  const socket = new WebSocket(`${test.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const received: string[] = [];
  socket.addEventListener('message', ({ data }) => received.push(String(data)));
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  return { socket, received, closed };
}
