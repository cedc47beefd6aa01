import type { OutgoingMail } from '@catalyst/shared/features/mail';
import { Button } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react';
import { Failure } from '../../../components/failure.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { strings as shared } from '../../../components/strings.ts';
import classes from './outbox-section.module.css';
import { strings } from './strings.ts';
import { useOutbox, useRetryMail } from './use-mail.ts';

interface OutboxSectionProps {
  waiting: number;
  failed: number;
  mayWrite: boolean;
}

/** Mails of the last week and what became of each. */
export function OutboxSection({ waiting, failed, mayWrite }: OutboxSectionProps) {
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useOutbox();
  const mails = data?.pages.flatMap(({ items }) => items);
  return (
    <Section id="outbox" title={strings.outbox} hint={strings.outboxHint}>
      <p className={classes.counts}>{strings.counts(waiting, failed)}</p>
      {error && !mails && (
        <Failure
          title={strings.outboxFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {!mails && !error && (
        <div role="status" aria-label={shared.loading}>
          <SkeletonLines count={3} />
        </div>
      )}
      {mails?.length === 0 && <p className={classes.none}>{strings.outboxEmpty}</p>}
      {mails && mails.length > 0 && (
        <ul className={classes.mails}>
          {mails.map((mail) => (
            <Mail key={mail.id} mail={mail} mayWrite={mayWrite} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {strings.more}
          </Button>
        </div>
      )}
    </Section>
  );
}

const icons = { waiting: IconClock, sent: IconCircleCheck, failed: IconCircleX };

function Mail({ mail, mayWrite }: { mail: OutgoingMail; mayWrite: boolean }) {
  const retry = useRetryMail();
  const { state, recipient, kind, attempts, problem, nextAttemptAt, sentAt, createdAt } = mail;
  const Icon = icons[state];
  return (
    <li className={classes.mail}>
      <Icon size={18} stroke={1.6} className={classes.icon} data-state={state} aria-hidden />
      <div className={classes.words}>
        <div className={classes.recipient}>{recipient}</div>
        <div className={classes.facts}>
          <span>{strings.kinds[kind] ?? kind}</span>
          <span>
            {strings.states[state]} <RelativeTime at={sentAt ?? createdAt} />
          </span>
          {attempts > 1 && <span>{strings.attempts(attempts)}</span>}
          {state === 'waiting' && attempts > 0 && nextAttemptAt && (
            <span>
              {strings.next} <RelativeTime at={nextAttemptAt} />
            </span>
          )}
        </div>
        {problem && state !== 'sent' && <div className={classes.problem}>{problem}</div>}
        {retry.error && <Failure title={strings.retryFailed} error={retry.error} />}
      </div>
      {mayWrite && state !== 'sent' && attempts > 0 && (
        <Button
          variant="default"
          size="xs"
          aria-label={strings.retryOf(recipient)}
          loading={retry.isPending}
          onClick={() => retry.mutate(mail.id)}
        >
          {strings.retry}
        </Button>
      )}
    </li>
  );
}
