import type { HealthReport } from '@catalyst/shared/features/nodes-link';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import classes from './runtime-list.module.css';
import { strings } from './strings.ts';

const limits = ['memory', 'swap', 'cpu', 'cpuPinning', 'pids', 'ioWeight', 'user'] as const;

/** How a node runs servers, what it holds them to, and what it cannot, in its own sentences. */
export function RuntimeList({ runtimes }: { runtimes: HealthReport['runtimes'] }) {
  return (
    <ul className={classes.runtimes}>
      {runtimes.map(({ name, available, version, enforces, notes, cgroupVersion, snapshotter }) => (
        <li key={name} className={classes.runtime}>
          <div className={classes.first}>
            <h3 className={classes.name}>{strings.runtimeNames[name]}</h3>
            <span className={classes.sub}>
              {available ? strings.available : strings.unavailable}
              {[version, cgroupText(cgroupVersion), snapshotter].map((fact) => fact && ` · ${fact}`)}
            </span>
          </div>
          {available && (
            <ul className={classes.limits} aria-label={strings.enforces}>
              {limits
                .filter((limit) => enforces[limit] !== undefined)
                .map((limit) => (
                  <li key={limit} className={classes.limit} data-kept={enforces[limit] || undefined}>
                    {enforces[limit] ? (
                      <IconCheck size={14} aria-hidden />
                    ) : (
                      <IconMinus size={14} aria-hidden />
                    )}
                    {enforces[limit] ? '' : `${strings.notEnforced} `}
                    {strings.limits[limit]}
                  </li>
                ))}
            </ul>
          )}
          {notes.length > 0 && (
            <ul className={classes.notes}>
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

function cgroupText(version: number | null | undefined): string | undefined {
  if (version === undefined) return undefined;
  return version === null ? strings.noCgroups : strings.cgroups(version);
}
