import { ActionIcon, Button } from '@mantine/core';
import {
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconX,
} from '@tabler/icons-react';
import { useState } from 'react';
import { sentenceOf } from '../../../api/errors.ts';
import { useObservable } from '../../../api/observable.ts';
import { formatBytes, formatBytesOf } from '../../../components/units.ts';
import { ProgressBar } from '../../../components/usage-bar.tsx';
import { transferStrings as strings } from './strings.ts';
import classes from './transfer-list.module.css';
import { isOver, summaryOf, type Transfer } from './transfer-queue.ts';
import { transferQueue } from './transfers.ts';

/** Rows that are drawn; a world has thousands of files. */
const mostShown = 100;
/** What needs somebody, and what moves, is at the top. */
const rank = { failed: 0, running: 1, waiting: 2, cancelled: 3, skipped: 4, done: 5 };

/** What is on its way to a server, and how it ended. */
export function TransferList({ serverId }: { serverId: string }) {
  const all = useObservable(transferQueue.transfers);
  const isPaused = useObservable(transferQueue.isPaused);
  const [isOpen, setOpen] = useState(true);
  const transfers = all.filter((transfer) => transfer.serverId === serverId);
  if (transfers.length === 0) return null;
  const summary = summaryOf(transfers);
  const sorted = [...transfers].sort((a, b) => rank[a.state] - rank[b.state]);
  const Arrow = isOpen ? IconChevronDown : IconChevronUp;
  return (
    <div className={classes.place}>
      <section className={classes.panel} aria-label={strings.title}>
        <div className={classes.head}>
          <div className={classes.words}>
            <h2 className={classes.title} role="status">
              {titleOf(summary, isPaused)}
            </h2>
            <p className={classes.rate}>{rateOf(summary)}</p>
          </div>
          {summary.active > 0 ? (
            <>
              <ActionIcon
                aria-label={isPaused ? strings.resume : strings.pause}
                title={isPaused ? strings.resume : strings.pause}
                onClick={() => (isPaused ? transferQueue.resume() : transferQueue.pause())}
              >
                {isPaused ? (
                  <IconPlayerPlay size={16} stroke={1.6} />
                ) : (
                  <IconPlayerPause size={16} stroke={1.6} />
                )}
              </ActionIcon>
              <Button variant="default" size="xs" onClick={() => transferQueue.cancelAll()}>
                {strings.cancelAll}
              </Button>
            </>
          ) : (
            <>
              {summary.failed > 0 && (
                <Button variant="default" size="xs" onClick={() => retryFailed(transfers)}>
                  {strings.retryFailed}
                </Button>
              )}
              <Button variant="default" size="xs" onClick={() => transferQueue.clear()}>
                {strings.clear}
              </Button>
            </>
          )}
          <ActionIcon
            aria-label={isOpen ? strings.hide : strings.show}
            title={isOpen ? strings.hide : strings.show}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <Arrow size={16} stroke={1.6} />
          </ActionIcon>
        </div>
        {summary.active > 0 && <ProgressBar label={strings.title} fraction={summary.fraction} />}
        {isOpen && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
          <ul className={classes.list} tabIndex={0} aria-label={strings.title}>
            {sorted.slice(0, mostShown).map((transfer) => (
              <Row key={transfer.id} {...{ transfer, isPaused }} />
            ))}
            {sorted.length > mostShown && (
              <li className={classes.more}>{strings.more(sorted.length - mostShown)}</li>
            )}
          </ul>
        )}
      </section>
    </div>
  );
}

function Row({ transfer, isPaused }: { transfer: Transfer; isPaused: boolean }) {
  const { id, name, state, sizeBytes, sentBytes, error } = transfer;
  return (
    <li className={classes.row} data-state={state}>
      <div className={classes.file}>
        <span className={classes.name} title={name}>
          {name}
        </span>
        <span className={classes.state}>{wordsOf(transfer, isPaused)}</span>
        {state === 'running' && (
          <ProgressBar label={name} fraction={sizeBytes === 0 ? 0 : sentBytes / sizeBytes} />
        )}
        {state === 'failed' && <span className={classes.error}>{sentenceOf(error)}</span>}
      </div>
      {state === 'done' && <IconCheck size={16} className={classes.done} aria-hidden />}
      {(state === 'failed' || state === 'cancelled') && (
        <ActionIcon
          aria-label={strings.retryOf(name)}
          title={strings.retryOf(name)}
          onClick={() => transferQueue.retry(id)}
        >
          <IconRefresh size={16} stroke={1.6} />
        </ActionIcon>
      )}
      {!isOver(transfer) && (
        <ActionIcon
          aria-label={strings.cancelOf(name)}
          title={strings.cancelOf(name)}
          onClick={() => transferQueue.cancel(id)}
        >
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      )}
    </li>
  );
}

function wordsOf({ state, sentBytes, sizeBytes }: Transfer, isPaused: boolean): string {
  if (state !== 'running') return `${strings.states[state]} · ${formatBytes(sizeBytes)}`;
  if (isPaused) return `${strings.states.paused} · ${formatBytesOf(sentBytes, sizeBytes)}`;
  return sentBytes < sizeBytes
    ? formatBytesOf(sentBytes, sizeBytes)
    : `${strings.storing} · ${formatBytes(sizeBytes)}`;
}

type Summary = ReturnType<typeof summaryOf>;

function titleOf({ active, done, failed }: Summary, isPaused: boolean): string {
  if (active === 0) return strings.ended(done, failed);
  return isPaused ? strings.paused(active) : strings.uploading(active);
}

function rateOf({ active, bytesPerSecond, secondsLeft }: Summary): string {
  if (active === 0 || bytesPerSecond === 0) return '';
  const left = secondsLeft === null ? '' : ` · ${strings.left(Math.ceil(secondsLeft))}`;
  return strings.speed(bytesPerSecond) + left;
}

function retryFailed(transfers: readonly Transfer[]): void {
  for (const { id, state } of transfers) if (state === 'failed') transferQueue.retry(id);
}
