import type { Node } from '@catalyst/shared/features/nodes';
import { formatBytesOf, formatPercent } from '../../components/units.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import classes from './node-usage.module.css';
import { strings } from './strings.ts';

const mebibyte = 1024 ** 2;

/** How busy the machine is: three bars. */
export function NodeUsage({ health }: { health: NonNullable<Node['health']> }) {
  const bars: [string, number, string][] = [
    [strings.cpu, health.cpuPercent / 100, formatPercent(health.cpuPercent / 100)],
    [
      strings.memory,
      health.memoryUsageMb / Math.max(health.memoryTotalMb, 1),
      formatBytesOf(health.memoryUsageMb * mebibyte, health.memoryTotalMb * mebibyte),
    ],
    [
      strings.disk,
      health.diskUsageMb / Math.max(health.diskTotalMb, 1),
      formatBytesOf(health.diskUsageMb * mebibyte, health.diskTotalMb * mebibyte),
    ],
  ];
  return (
    <div className={classes.bars}>
      {bars.map(([name, fraction, text]) => (
        <div key={name} className={classes.bar}>
          <div className={classes.line}>
            <span className={classes.name}>{name}</span>
            <span>{text}</span>
          </div>
          <UsageBar label={name} fraction={fraction} text={text} />
        </div>
      ))}
    </div>
  );
}
