import type { GameServer } from '../servers/game-server.ts';

interface ServerStats {
  serverId: string;
  /** 100 is one core; null at the first look. */
  cpuPercent: number | null;
  memoryBytes: number | null;
  diskBytes: number | null;
  pids: number | null;
}

/** A folder is measured at most this often; a big one costs seconds of disk. */
const diskIntervalMs = 150_000;

/** What each server uses. */
export class ResourceStats {
  readonly #servers: () => readonly GameServer[];
  readonly #cpu = new Map<string, { startId: string; cpuSeconds: number; at: number }>();
  readonly #disk = new Map<string, { bytes: number | null; measuredAt: number }>();
  readonly #stop = new AbortController();
  #measuring: Promise<void> | null = null;

  constructor(servers: () => readonly GameServer[]) {
    this.#servers = servers;
  }

  /** Of the servers that run. */
  async read(): Promise<ServerStats[]> {
    const servers = this.#servers();
    this.#forgetOthers(new Set(servers.map(({ id }) => id)));
    this.#measuring ??= this.#measureDisks(servers).finally(() => {
      this.#measuring = null;
    });
    const stats = await Promise.all(servers.map((server) => this.#readOne(server)));
    return stats.filter((one) => one !== null);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#measuring;
  }

  async #readOne({ id, running }: GameServer): Promise<ServerStats | null> {
    if (!running) return null;
    const { cpuSeconds, memoryBytes, pids } = await running
      .usage()
      .catch(() => ({ cpuSeconds: null, memoryBytes: null, pids: null }));
    const cpuPercent = cpuSeconds === null ? null : this.#cpuPercent(id, running.startId, cpuSeconds);
    return { serverId: id, cpuPercent, memoryBytes, diskBytes: this.#disk.get(id)?.bytes ?? null, pids };
  }

  #cpuPercent(id: string, startId: string, cpuSeconds: number): number | null {
    const at = performance.now();
    const before = this.#cpu.get(id);
    this.#cpu.set(id, { startId, cpuSeconds, at });
    if (before?.startId !== startId || at <= before.at) return null;
    const percent = (100 * (cpuSeconds - before.cpuSeconds)) / ((at - before.at) / 1000);
    return Math.max(0, Math.round(percent * 10) / 10);
  }

  /** One folder after the other. */
  async #measureDisks(servers: readonly GameServer[]): Promise<void> {
    for (const server of servers) {
      const { id, parts } = server;
      if (this.#stop.signal.aborted) return;
      const known = this.#disk.get(id);
      if (known && performance.now() - known.measuredAt < diskIntervalMs) continue;
      const bytes = await parts.folder.measure(this.#stop.signal).catch(() => known?.bytes ?? null);
      this.#disk.set(id, { bytes, measuredAt: performance.now() });
      if (bytes !== null) server.noteDiskUse(bytes);
    }
  }

  #forgetOthers(ids: ReadonlySet<string>): void {
    for (const known of [this.#cpu, this.#disk]) {
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    }
  }
}
