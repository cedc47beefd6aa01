import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { CopyButton } from '../../../components/copy-button.tsx';
import classes from './check-item.module.css';
import { strings } from './strings.ts';

const icons = { ok: IconCircleCheck, warning: IconAlertTriangle, problem: IconCircleX };

/** One thing that was looked at: how it is, and what to do about it. */
export function CheckItem({ check: { title, status, text, fix, command } }: { check: DoctorCheck }) {
  const Icon = icons[status];
  return (
    <li className={classes.check} data-status={status}>
      <Icon size={18} stroke={1.75} className={classes.icon} aria-hidden />
      <div className={classes.body}>
        <h3 className={classes.title}>
          {title}
          <span className={classes.status}>{strings.statuses[status]}</span>
        </h3>
        <p>{text}</p>
        {fix && <p className={classes.fix}>{fix}</p>}
        {command && (
          <div className={classes.command}>
            <span className={classes.run}>{strings.run}</span>
            <div className={classes.code}>
              <code>{command}</code>
              <CopyButton value={command} what="command" />
            </div>
          </div>
        )}
      </div>
    </li>
  );
}
