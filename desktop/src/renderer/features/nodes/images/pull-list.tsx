import type { NodeImagePull } from '@catalyst/shared/features/images';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { formatBytes } from '../../../components/units.ts';
import { ProgressBar } from '../../../components/usage-bar.tsx';
import classes from './pull-list.module.css';
import { strings } from './strings.ts';
import { useCancelPull } from './use-images.ts';

interface PullListProps {
  nodeId: string;
  pulls: readonly NodeImagePull[];
  mayCancel: boolean;
}

/** What is on its way to a node, and what lately did not come. */
export function PullList({ nodeId, pulls, mayCancel }: PullListProps) {
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const cancel = useCancelPull(nodeId);
  const running = pulls.filter(({ status }) => status === 'running');
  const failed = latestFailures(pulls).filter(({ id }) => !dismissed.includes(id));
  return (
    <>
      {failed.map((pull) => (
        <Notice
          key={pull.id}
          tone="error"
          title={strings.pullFailed(nameOf(pull))}
          actions={
            <Button variant="default" size="xs" onClick={() => setDismissed([...dismissed, pull.id])}>
              {strings.dismiss}
            </Button>
          }
        >
          {pull.error?.message}
        </Notice>
      ))}
      {cancel.error && <Failure title={strings.cancelFailed} error={cancel.error} />}
      {running.length > 0 && (
        <section className={classes.box} aria-labelledby="pulls-title">
          <h2 id="pulls-title" className={classes.title}>
            {strings.underWay}
          </h2>
          <ul className={classes.pulls}>
            {running.map((pull) => (
              <li key={pull.id} className={classes.pull}>
                <div className={classes.body}>
                  <div className={classes.line}>
                    <span className={classes.name}>
                      {strings.pulls[pull.kind]}{' '}
                      {pull.reference === null ? strings.archive : <code>{pull.reference}</code>}
                    </span>
                    <span className={classes.sub}>{amountOf(pull)}</span>
                  </div>
                  {pull.totalBytes !== null && (
                    <ProgressBar
                      label={`${strings.pulls[pull.kind]} ${nameOf(pull)}`}
                      fraction={pull.doneBytes / Math.max(pull.totalBytes, 1)}
                    />
                  )}
                  <p className={classes.sub}>{pull.text}</p>
                </div>
                {mayCancel && (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={strings.cancelOf(nameOf(pull))}
                    loading={cancel.isPending && cancel.variables === pull.id}
                    onClick={() => cancel.mutate(pull.id)}
                  >
                    {strings.cancel}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** A failure is news only until the same image is tried again. */
function latestFailures(pulls: readonly NodeImagePull[]): NodeImagePull[] {
  return pulls.filter(
    ({ status, reference }, index) =>
      status === 'failed' && !pulls.slice(index + 1).some((later) => later.reference === reference),
  );
}

const nameOf = ({ reference }: NodeImagePull) => reference ?? strings.archive;

function amountOf({ doneBytes, totalBytes }: NodeImagePull): string {
  return totalBytes === null
    ? formatBytes(doneBytes)
    : strings.progress(formatBytes(doneBytes), formatBytes(totalBytes));
}
