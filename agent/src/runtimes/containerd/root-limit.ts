import { appendFileSync } from 'node:fs';
import { pause } from '../../waiting.ts';
import type { RunFolder } from '../run-folder.ts';
import type { RunningServer } from '../runtime.ts';
import { snapshotsApi } from './api/snapshots.ts';
import { snapshotter } from './container-removal.ts';
import type { ContainerdClient } from './containerd-client.ts';

const measureMs = 2000;

/**
 * Ends an installation that writes more outside of the server's folder than the server may have inside: nothing else
 * bounds what it does to its image. The reason is the last line of its output.
 */
export function limitRoot(
  server: RunningServer,
  { client, key, folder, maxMb }: { client: ContainerdClient; key: string; folder: RunFolder; maxMb: number },
): void {
  const ended = new AbortController();
  void server.exited.then(() => ended.abort());
  const watch = async () => {
    const before = await usedBytes();
    for (;;) {
      await pause(measureMs, ended.signal);
      if ((await usedBytes()) - before <= maxMb * 1024 * 1024) continue;
      const sentence = `It wrote more than ${maxMb} MB outside of the server's folder and was ended.`;
      appendFileSync(folder.stdout, `\n${sentence}\n`);
      return server.kill();
    }
  };
  // Ends with the installation, or with containerd, without which it does not get far either.
  watch().catch(() => {});

  async function usedBytes(): Promise<number> {
    return (await client.call(snapshotsApi.usage, { snapshotter, key }, { signal: ended.signal })).size;
  }
}
