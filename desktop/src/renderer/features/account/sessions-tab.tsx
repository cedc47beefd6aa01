import type { Session } from '@catalyst/shared/features/sessions';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAppWindow, IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section, SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import classes from './account-page.module.css';
import { deviceLabel } from './device-label.ts';
import { strings } from './strings.ts';
import { useEndOtherSessions, useEndSession, useSessions } from './use-sessions.ts';

/** Where a person is signed in. */
export function SessionsTab() {
  const { data, error, isFetching, refetch } = useSessions();
  const [isEndingOthers, setEndingOthers] = useState(false);
  if (!data) {
    return error ? (
      <Failure
        title={strings.sessionsFailed}
        error={error}
        retry={() => void refetch()}
        isRetrying={isFetching}
      />
    ) : (
      <div role="status" aria-label={shared.loading}>
        <SectionSkeleton lines={4} />
      </div>
    );
  }
  const inOrder = [...data].sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
  return (
    <Section id="sessions" title={strings.sessionsTitle} hint={strings.sessionsHint}>
      <ul className={classes.items}>
        {inOrder.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
      {data.length > 1 && (
        <div>
          <Button variant="default" onClick={() => setEndingOthers(true)}>
            {strings.endOthers}
          </Button>
        </div>
      )}
      {isEndingOthers && <EndOthersDialog onClose={() => setEndingOthers(false)} />}
    </Section>
  );
}

function SessionItem({ session }: { session: Session }) {
  const end = useEndSession();
  const label = deviceLabel(session.device);
  const Icon = iconOf(session.device);
  return (
    <li className={classes.item}>
      <Icon size={20} stroke={1.6} className={classes.icon} aria-hidden />
      <div className={classes.who}>
        <div className={classes.state}>
          <span className={classes.strong} title={session.userAgent}>
            {label}
          </span>
          {session.isCurrent && <span className={classes.tag}>{strings.thisOne}</span>}
        </div>
        <div className={classes.facts}>
          <span>
            {strings.from} {session.ip}
          </span>
          <span>
            {strings.active} <RelativeTime at={session.lastUsedAt} />
          </span>
          <span>
            {strings.signedIn} <RelativeTime at={session.createdAt} />
          </span>
        </div>
        {end.error && <Failure title={strings.endFailed} error={end.error} />}
      </div>
      {!session.isCurrent && (
        <Button
          variant="default"
          size="xs"
          aria-label={strings.endOf(label)}
          loading={end.isPending}
          onClick={() =>
            end.mutate(session.id, { onSuccess: () => notifications.show({ message: strings.ended }) })
          }
        >
          {strings.end}
        </Button>
      )}
    </li>
  );
}

function EndOthersDialog({ onClose }: { onClose: () => void }) {
  const endOthers = useEndOtherSessions();
  return (
    <ConfirmDialog
      title={strings.endOthersTitle}
      confirmLabel={strings.endOthers}
      isBusy={endOthers.isPending}
      error={endOthers.error}
      onClose={onClose}
      onConfirm={() =>
        endOthers.mutate(undefined, {
          onSuccess: ({ ended }) => {
            notifications.show({ message: strings.endedOthers(ended) });
            onClose();
          },
        })
      }
    >
      {strings.endOthersText}
    </ConfirmDialog>
  );
}

function iconOf({ kind, system }: Session['device']) {
  if (kind === 'program') return IconTerminal2;
  if (kind === 'desktop') return IconAppWindow;
  return system === 'Android' || system === 'iOS' ? IconDeviceMobile : IconDeviceDesktop;
}
