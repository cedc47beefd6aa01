import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLogger } from '../logger.ts';
import { FakePanel } from '../testing/fake-panel.ts';
import { DataPlane, receiveStream, sendStream } from './data-plane.ts';

const ticket = 't'.repeat(43);
const never = new AbortController().signal;

async function* pieces(count: number, onPiece: (index: number) => void = () => {}) {
  for (let index = 0; index < count; index++) {
    onPiece(index);
    yield 'x'.repeat(64 * 1024);
  }
}

describe('a stream to the panel', () => {
  it('arrives whole, over TLS with the pinned key', async () => {
    const panel = await FakePanel.open({ tls: true });
    await sendStream(panel.link(), ticket, pieces(20), never);
    expect(panel.uploads.get(ticket)).toHaveLength(20 * 64 * 1024);
  });

  it('is not sent to a panel with another TLS key', async () => {
    const panel = await FakePanel.open({ tls: true });
    const imposter = await FakePanel.open({ tls: true });
    const sent = sendStream({ panelUrl: imposter.url, tlsPin: panel.tlsPin }, ticket, pieces(1), never);
    await expect(sent).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(imposter.uploads.size).toBe(0);
  });

  it('goes at the pace of the panel, and ends when it is aborted', async () => {
    const panel = await FakePanel.open();
    panel.onUpload = (request) => {
      request.pause();
      return true;
    };
    const abort = new AbortController();
    let made = 0;
    const sent = sendStream(
      panel.link(),
      ticket,
      pieces(10_000, () => made++),
      abort.signal,
    );
    sent.catch(() => {});
    // The kernel's buffers fill, then nothing more is made.
    let before = -1;
    await vi.waitFor(
      () => {
        const isSteady = made === before && made > 0;
        before = made;
        expect(isSteady).toBe(true);
      },
      { timeout: 10_000, interval: 300 },
    );
    expect(made).toBeLessThan(5000);
    abort.abort();
    await expect(sent).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends with the refusal of a ticket, long before its end', async () => {
    const panel = await FakePanel.open();
    panel.onUpload = (_request, response) => {
      response.writeHead(404).end();
      return true;
    };
    await expect(sendStream(panel.link(), ticket, pieces(100_000), never)).rejects.toThrow('status 404');
  });

  it('ends when the panel goes away', async () => {
    const panel = await FakePanel.open();
    const received = new Promise<void>((resolve) => {
      panel.onUpload = (request) => {
        void once(request, 'data').then(() => resolve());
        return true;
      };
    });
    const sent = sendStream(panel.link(), ticket, pieces(100_000), never);
    sent.catch(() => {});
    await received;
    panel.cut();
    await expect(sent).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that breaks off at its source is not taken for a whole one', async () => {
    const panel = await FakePanel.open();
    async function* broken() {
      yield 'half';
      throw new Error('The disk is gone');
    }
    await expect(sendStream(panel.link(), ticket, broken(), never)).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(panel.uploads.has(ticket)).toBe(false);
  });
});

describe('a stream from the panel', () => {
  const read = async (body: AsyncIterable<Buffer>) => {
    let count = 0;
    for await (const chunk of body) count += chunk.length;
    return count;
  };

  it('arrives whole, over TLS with the pinned key', async () => {
    const panel = await FakePanel.open({ tls: true });
    panel.onUpload = (_request, response) => {
      response.writeHead(200);
      for (let index = 0; index < 20; index++) response.write(Buffer.alloc(64 * 1024));
      response.end();
      return true;
    };
    expect(await read(await receiveStream(panel.link(), ticket, never))).toBe(20 * 64 * 1024);
  });

  it('is not fetched from a panel with another TLS key', async () => {
    const panel = await FakePanel.open({ tls: true });
    const imposter = await FakePanel.open({ tls: true });
    const received = receiveStream({ panelUrl: imposter.url, tlsPin: panel.tlsPin }, ticket, never);
    await expect(received).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('ends with the refusal of a ticket', async () => {
    const panel = await FakePanel.open();
    panel.onUpload = (_request, response) => {
      response.writeHead(404).end();
      return true;
    };
    await expect(receiveStream(panel.link(), ticket, never)).rejects.toThrow('status 404');
  });

  it('that breaks off is not taken for a whole one', async () => {
    const panel = await FakePanel.open();
    panel.onUpload = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write('half', () => response.destroy());
      return true;
    };
    const body = await receiveStream(panel.link(), ticket, never);
    await expect(read(body)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ends when it is aborted, and is one of those that there may be at once', async () => {
    const panel = await FakePanel.open();
    panel.onUpload = (_request, response) => {
      response.writeHead(200).write('x');
      return true;
    };
    const dataPlane = new DataPlane(
      panel.link(),
      createLogger('debug', () => {}),
    );
    onTestFinished(() => dataPlane.close());
    const stop = new AbortController();
    const bodies = await Promise.all(
      Array.from({ length: 16 }, () => dataPlane.receive(ticket, stop.signal)),
    );
    await expect(dataPlane.receive(ticket, stop.signal)).rejects.toMatchObject({ code: 'limit_reached' });
    const ends = Promise.allSettled(bodies.map(read));
    stop.abort();
    for (const { status } of await ends) expect(status).toBe('rejected');
    await vi.waitFor(async () => {
      const body = await dataPlane.receive(ticket, never);
      body.destroy();
    });
  });
});

describe('streams to the panel', () => {
  it('are refused when there are too many at once, and taken again when others have ended', async () => {
    const panel = await FakePanel.open();
    const ended = Promise.withResolvers<void>();
    async function* waiting() {
      yield 'x';
      await ended.promise;
    }
    const dataPlane = new DataPlane(
      panel.link(),
      createLogger('debug', () => {}),
    );
    onTestFinished(() => dataPlane.close());
    const tickets = Array.from({ length: 16 }, (_, index) => String.fromCharCode(97 + index).repeat(43));
    for (const one of tickets) dataPlane.send(one, waiting());
    expect(() => dataPlane.send(ticket, waiting())).toThrow('too much else');
    ended.resolve();
    await vi.waitFor(() => expect(panel.uploads.size).toBe(16));
    await vi.waitFor(() => dataPlane.send(ticket, pieces(1)));
    await vi.waitFor(() => expect(panel.uploads.has(ticket)).toBe(true));
  });
});
