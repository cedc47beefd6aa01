import { createServer } from 'node:net';

/**
 * The port of the last run when it is still free, else 0 (any). A port that stays keeps what pages store in the browser
 * per address, lets open pages reconnect after a restart, and lets a local agent find its panel again.
 */
export async function choosePanelPort(previous: number | undefined): Promise<number> {
  if (previous === undefined) return 0;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen({ port: previous, host: '127.0.0.1', exclusive: true }, () =>
      probe.close(() => resolve(previous)),
    );
  });
}
