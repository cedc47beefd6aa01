import type { Server } from '@catalyst/shared/features/servers';
import { Sparkline } from '../../components/sparkline.tsx';
import { formatBytes, formatBytesOf, formatCores, formatCount, formatCpu } from '../../components/units.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import { useLiveSamples } from './live-usage.tsx';
import { serverStrings as strings } from './server-strings.ts';
import classes from './usage-panel.module.css';

const mebibyte = 1024 ** 2;
const chartSamples = 60;

/** What the server uses of what it may, beside its console. */
export function UsagePanel({ server }: { server: Server }) {
  const samples = useLiveSamples(server);
  const now = samples.at(-1);
  const cpuLimit = server.allocatedCpuCores * 100;
  const memoryLimit = server.allocatedMemoryMb * mebibyte;
  const diskLimit = server.allocatedDiskMb * mebibyte;
  const disk = now?.diskBytes ?? server.stats?.diskBytes ?? null;
  const cpu = now?.cpuPercent ?? null;
  const memory = now?.memoryBytes ?? null;
  return (
    <section className={classes.panel} aria-label={strings.usage}>
      <Metric
        name={strings.cpu}
        value={cpu === null ? null : formatCpu(cpu, server.allocatedCpuCores)}
        limit={formatCores(server.allocatedCpuCores)}
      >
        <Sparkline
          values={samples.map((sample) => sample.cpuPercent)}
          max={cpuLimit}
          width={240}
          height={40}
          samples={chartSamples}
        />
      </Metric>
      <Metric
        name={strings.memory}
        value={memory === null ? null : formatBytes(memory)}
        limit={formatBytes(memoryLimit)}
      >
        <Sparkline
          values={samples.map((sample) => sample.memoryBytes)}
          max={memoryLimit}
          width={240}
          height={40}
          samples={chartSamples}
        />
      </Metric>
      <Metric
        name={strings.disk}
        value={disk === null ? null : formatBytes(disk)}
        limit={formatBytes(diskLimit)}
      >
        <div className={classes.bar}>
          <UsageBar
            label={strings.disk}
            fraction={disk === null ? null : disk / diskLimit}
            text={formatBytesOf(disk ?? 0, diskLimit)}
          />
        </div>
      </Metric>
      {now?.pids != null && <Metric name={strings.processes} value={formatCount(now.pids)} />}
    </section>
  );
}

function Metric(props: {
  name: string;
  /** Null while it is not measured. */
  value: string | null;
  limit?: string;
  children?: React.ReactNode;
}) {
  return (
    <div className={classes.metric}>
      <div className={classes.line}>
        <h2 className={classes.name}>{props.name}</h2>
        <span className={classes.value} data-absent={props.value === null || undefined}>
          {props.value ?? (props.limit && strings.upTo(props.limit))}
          {props.limit && props.value !== null && <span className={classes.limit}> / {props.limit}</span>}
        </span>
      </div>
      {props.children && props.value !== null && <div className={classes.chart}>{props.children}</div>}
    </div>
  );
}
