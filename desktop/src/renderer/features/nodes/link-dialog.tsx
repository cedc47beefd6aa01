import { isLoopbackHost } from '@catalyst/shared/features/agent-link';
import type { Node } from '@catalyst/shared/features/nodes';
import { Button, Modal, Skeleton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import dialog from '../../components/confirm-dialog.module.css';
import { CopyButton } from '../../components/copy-button.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { useNow } from '../../components/relative-time.tsx';
import type { CopyableName } from '../../components/strings.ts';
import { formatDuration } from '../../components/units.ts';
import classes from './link-dialog.module.css';
import { strings } from './strings.ts';
import { useDeploymentToken } from './use-nodes.ts';

/** From a clone, for machines that the install command does not know. */
const linkCommand = 'npm run agent -- link';
const runCommand = 'npm run agent';

/** The command that makes a machine this node, or a token to do it by hand; notices when an agent has used one. */
export function LinkDialog({ node, onClose }: { node: Node; onClose: () => void }) {
  const { mutate, data, error, isPending } = useDeploymentToken(node.id);
  const hasAsked = useRef(false);
  useEffect(() => {
    // Once also where effects run twice: each token ends the one before.
    if (hasAsked.current) return;
    hasAsked.current = true;
    mutate();
  }, [mutate]);
  const secondsLeft = useSecondsUntil(data?.expiresAt);
  const keyBefore = useRef(node.fingerprint);
  const isLinked = node.status === 'online' && node.fingerprint !== keyBefore.current;
  const isExpired = data !== undefined && secondsLeft <= 0;
  const isSpent = isExpired || isLinked;
  const steps = data && (
    <ol className={classes.steps}>
      <li>
        <p>{strings.step1}</p>
        <CodeLine value={linkCommand} what="command" />
      </li>
      <li>
        <p>{strings.step2}</p>
        <CodeLine value={data.token} what="token" isSpent={isSpent} />
        <p className={classes.note}>{strings.stepNote}</p>
      </li>
      <li>
        <p>{strings.step3}</p>
        <CodeLine value={runCommand} what="command" />
      </li>
    </ol>
  );
  return (
    <Modal opened onClose={onClose} title={strings.linkTitle(node.name)} size="lg">
      <div className={dialog.form}>
        {error && <Failure title={strings.tokenFailed} error={error} retry={mutate} isRetrying={isPending} />}
        {!data && !error && <Skeleton height={96} />}
        {data && isLoopbackHost(new URL(data.panelUrl).hostname) && (
          <Notice tone="warning">{strings.panelIsLocal}</Notice>
        )}
        {data?.installCommand && (
          <section>
            <p>{strings.install}</p>
            <CodeLine value={data.installCommand} what="command" isSpent={isSpent} />
            <p className={classes.note}>{strings.installNote}</p>
          </section>
        )}
        {data?.installCommand ? (
          <details className={classes.byHand}>
            <summary>{strings.byHand}</summary>
            {steps}
          </details>
        ) : (
          steps
        )}
        {isLinked && (
          <Notice tone="success" urgent>
            {strings.linked}
          </Notice>
        )}
        {!isLinked && data && (
          <div className={classes.state} role="status">
            {isExpired ? (
              <>
                <span>{strings.expired}</span>
                <Button variant="default" size="xs" loading={isPending} onClick={() => mutate()}>
                  {strings.newToken}
                </Button>
              </>
            ) : (
              <>
                <span>{strings.waiting}</span>
                <span className={classes.note}>{strings.expiresIn(formatDuration(secondsLeft))}</span>
              </>
            )}
          </div>
        )}
        <div className={dialog.buttons}>
          <Button variant={isLinked ? 'filled' : 'default'} onClick={onClose}>
            {isLinked ? strings.done : strings.close}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function CodeLine({ value, what, isSpent }: { value: string; what: CopyableName; isSpent?: boolean }) {
  return (
    <div className={classes.code} data-spent={isSpent || undefined}>
      <code>{value}</code>
      <CopyButton value={value} what={what} />
    </div>
  );
}

function useSecondsUntil(at: Date | undefined): number {
  const now = useNow();
  return at ? Math.max(0, Math.ceil((at.getTime() - now.getTime()) / 1000)) : 0;
}
