import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconInfoCircle,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './notice.module.css';

type NoticeTone = 'info' | 'success' | 'warning' | 'error' | 'offline';

const icons = {
  info: IconInfoCircle,
  success: IconCircleCheck,
  warning: IconAlertTriangle,
  error: IconCircleX,
  offline: IconPlugConnectedX,
};

interface NoticeProps {
  tone: NoticeTone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons, to the right or, where it is narrow, below. */
  actions?: ReactNode;
  /** Read out at once; for what happened because of the person's own action. */
  urgent?: boolean;
}

/** One fact about the page, what it means, and what to do about it. */
export function Notice({ tone, title, children, actions, urgent }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={classes.place} role={urgent ? 'alert' : 'status'}>
      <div className={classes.notice} data-tone={tone}>
        <Icon size={18} stroke={1.75} className={classes.icon} aria-hidden />
        <div className={classes.text}>
          {title && <strong className={classes.title}>{title}</strong>}
          {children && <div className={classes.body}>{children}</div>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}
