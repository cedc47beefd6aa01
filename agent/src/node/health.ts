import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, hostname, platform, release, totalmem, uptime } from 'node:os';
import type { HealthReport } from '@catalyst/shared/features/nodes-link';
import type { Runtime, RuntimeReport } from '../runtimes/runtime.ts';

const megabyte = 1024 * 1024;

interface HealthOptions {
  dataDir: string;
  runtimes: readonly Runtime[];
  /** Sentences about this node that every runtime's report should carry. */
  notes: readonly string[];
  runningCount: () => number;
}

/** How this machine is doing. */
export class Health {
  readonly #options: HealthOptions;
  #cpuBefore = cpuTimes();

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** The CPU figure is the mean since the report before. */
  async report(): Promise<HealthReport> {
    const { dataDir, runningCount } = this.#options;
    const disk = await statfs(dataDir);
    const totalBytes = totalmem();
    return {
      cpuPercent: this.#cpuPercent(),
      memoryUsageMb: Math.round((totalBytes - (await availableBytes())) / megabyte),
      memoryTotalMb: Math.round(totalBytes / megabyte),
      diskUsageMb: Math.round(((disk.blocks - disk.bfree) * disk.bsize) / megabyte),
      diskTotalMb: Math.round((disk.blocks * disk.bsize) / megabyte),
      containerCount: runningCount(),
      uptimeSeconds: Math.round(uptime()),
      cpuCores: cpus().length,
      platform: `${platform()} ${release()}`.slice(0, 100),
      hostname: hostname().slice(0, 255),
      runtimes: await this.#runtimeReports(),
    };
  }

  #cpuPercent(): number {
    const before = this.#cpuBefore;
    const now = cpuTimes();
    this.#cpuBefore = now;
    const total = now.total - before.total;
    if (total <= 0) return 0;
    return Math.min(100, Math.max(0, Math.round((1000 * (now.busy - before.busy)) / total) / 10));
  }

  #runtimeReports(): Promise<RuntimeReport[]> {
    const { runtimes, notes } = this.#options;
    return Promise.all(
      runtimes.map(async (runtime) => {
        const report = await runtime.detect();
        return { ...report, notes: [...notes, ...report.notes].slice(0, 30) };
      }),
    );
  }
}

function cpuTimes(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

/** What programs could still get: on Linux caches count as free. */
async function availableBytes(): Promise<number> {
  if (process.platform !== 'linux') return freemem();
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}
