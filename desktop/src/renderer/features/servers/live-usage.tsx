import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { useStats } from '../../api/stats-history.ts';
import { Sparkline } from '../../components/sparkline.tsx';
import { formatBytesOf, formatCpu } from '../../components/units.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import classes from './live-usage.module.css';
import { strings } from './strings.ts';

/** Processor time of a server against its limit, now and in the last minutes. */
export function LiveCpu({ server }: { server: Server }) {
  const samples = useLiveSamples(server);
  const percent = samples.at(-1)?.cpuPercent ?? null;
  const limit = server.allocatedCpuCores * 100;
  if (percent === null) return <Absent />;
  const text = formatCpu(percent, server.allocatedCpuCores);
  return (
    <div className={classes.usage}>
      <div className={classes.chart}>
        <Sparkline values={samples.map(({ cpuPercent }) => cpuPercent)} max={limit} height={18} />
      </div>
      <div className={classes.now}>
        <span className={classes.value}>{text}</span>
        <UsageBar label={strings.columns.cpu} fraction={percent / limit} text={text} />
      </div>
    </div>
  );
}

export function LiveMemory({ server }: { server: Server }) {
  const used = useLiveSamples(server).at(-1)?.memoryBytes ?? null;
  const limit = server.allocatedMemoryMb * 1024 ** 2;
  if (used === null) return <Absent />;
  const text = formatBytesOf(used, limit);
  return (
    <div className={classes.now}>
      <span className={classes.value}>{text}</span>
      <UsageBar label={strings.columns.memory} fraction={used / limit} text={text} />
    </div>
  );
}

/** What is kept of a server that is off is no longer live. */
export function useLiveSamples(server: Server) {
  const samples = useStats(server.id);
  return isUp(server.state) && server.node.online ? samples : [];
}

function Absent() {
  return (
    <span className={classes.absent}>
      <span aria-hidden>–</span>
      <span className={classes.hidden}>{strings.notMeasured}</span>
    </span>
  );
}
