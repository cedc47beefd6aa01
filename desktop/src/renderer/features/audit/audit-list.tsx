import type { AuditEntry } from '@catalyst/shared/features/audit';
import { Button, UnstyledButton } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { Link } from 'react-router';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatExact } from '../../components/units.ts';
import { nameOfAction } from './action-strings.ts';
import type { FilterText } from './audit-filter.ts';
import classes from './audit-list.module.css';
import { strings } from './strings.ts';

interface AuditListProps {
  entries: readonly AuditEntry[];
  /** Shows what else somebody did, or what else happened to something; absent where the list cannot. */
  onFilter?: (filter: FilterText) => void;
  /** The page of this server: it need not be named. */
  serverId?: string;
}

export function AuditList({ entries, ...rest }: AuditListProps) {
  return (
    <div className={classes.box}>
      <ol aria-label={strings.list}>
        {entries.map((entry) => (
          <Entry key={entry.seq} entry={entry} {...rest} />
        ))}
      </ol>
    </div>
  );
}

type EntryProps = Omit<AuditListProps, 'entries'> & { entry: AuditEntry };

function Entry({ entry, onFilter, serverId }: EntryProps) {
  const { seq, at, action, outcome, actor, target, ip, errorCode } = entry;
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  const hasFailed = outcome === 'failure';
  const Icon = hasFailed ? IconAlertCircle : IconCheck;
  const isShownAbove = target?.kind === 'server' && target.id === serverId;
  return (
    <li className={classes.item}>
      <UnstyledButton
        className={classes.row}
        aria-expanded={isOpen}
        aria-controls={detailsId}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={classes.icon} data-failed={hasFailed || undefined}>
          <Icon size={16} stroke={1.75} role="img" aria-label={strings.outcomes[outcome]} />
        </span>
        <span className={classes.actor}>
          {actorName(actor)}
          {actor.key && <span className={classes.quiet}> {strings.withKey(actor.key.name ?? '…')}</span>}
        </span>
        <span className={classes.action}>
          {nameOfAction(action)}
          {hasFailed && (
            <span className={classes.failure}>
              {' '}
              {errorCode ? strings.failedWith(errorCode) : strings.failure}
            </span>
          )}
        </span>
        <span className={classes.target}>{target && !isShownAbove ? (target.name ?? '') : ''}</span>
        <span className={classes.from}>{ip}</span>
        <span className={classes.at}>
          <RelativeTime at={at} />
        </span>
        <IconChevronDown className={classes.chevron} size={16} aria-hidden />
      </UnstyledButton>
      <section id={detailsId} hidden={!isOpen} aria-label={strings.detailsOf(seq)}>
        {isOpen && <Details entry={entry} onFilter={onFilter} />}
      </section>
    </li>
  );
}

function Details({ entry, onFilter }: { entry: AuditEntry; onFilter: EntryProps['onFilter'] }) {
  const { seq, at, actor, target, serverId, ip, requestId, details, hash } = entry;
  const targetName = target?.name ?? strings.thisTarget;
  const buttons: [label: string, filter: FilterText][] = [
    ...(actor.id ? [[strings.everythingBy(actorName(actor)), { userId: actor.id }] as const] : []),
    ...(actor.key?.id
      ? [[strings.everythingWithKey(actor.key.name ?? '…'), { keyId: actor.key.id }] as const]
      : []),
    ...(target?.id ? [[strings.everythingOn(targetName), { targetId: target.id }] as const] : []),
    ...(ip ? [[strings.everythingFrom(ip), { ip }] as const] : []),
  ].map(([label, filter]) => [label, filter]);
  return (
    <div className={classes.details}>
      <Facts
        facts={[
          [strings.at, formatExact(at)],
          [strings.target, target && <Target target={target} />],
          [strings.address, ip && <Copyable value={ip} what="address" />],
          ...Object.entries(details).map(([name, value]): [string, ReactNode] => [
            name,
            <span key={name} className={classes.value}>
              {inWords(value)}
            </span>,
          ]),
          [strings.request, requestId && <Copyable value={requestId} what="id" />],
          [strings.number, seq],
          [strings.hash, <Copyable key="hash" value={hash} what="hash" />],
        ]}
      />
      {onFilter && (
        <div className={classes.buttons}>
          {buttons.map(([label, filter]) => (
            <Button key={label} variant="default" size="xs" onClick={() => onFilter(filter)}>
              {label}
            </Button>
          ))}
          {serverId && (
            <Button component={Link} to={`/servers/${serverId}`} variant="default" size="xs">
              {strings.openServer}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Target({ target }: { target: NonNullable<AuditEntry['target']> }) {
  return (
    <>
      {target.kind} {target.name} {target.id && <Copyable value={target.id} what="id" />}
    </>
  );
}

const actorName = ({ kind, name }: AuditEntry['actor']): string => name ?? strings.actors[kind];

/** Text as it is, what has a name by it, everything else as it would be sent. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const { id, name } = (value ?? {}) as { id?: unknown; name?: unknown };
  if (typeof id === 'string' && typeof name === 'string') return `${name} (${id})`;
  return JSON.stringify(value) ?? '';
}
