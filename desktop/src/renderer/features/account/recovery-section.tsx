import { Button } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Section } from '../../components/section.tsx';
import classes from './account-page.module.css';
import { strings } from './strings.ts';
import { useRenewRecoveryCodes } from './use-factors.ts';

/** From here on somebody should think of new ones. */
const few = 3;

export function RecoverySection({ left, onRenewed }: { left: number; onRenewed: (codes: string[]) => void }) {
  const renew = useRenewRecoveryCodes();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section id="recovery" title={strings.recovery} hint={strings.recoveryHint}>
      <div className={classes.line}>
        <div className={classes.state}>
          <span className={classes.strong}>{strings.recoveryLeft(left)}</span>
          {left <= few && <span className={classes.sub}>{strings.recoveryLow}</span>}
        </div>
        <Button variant="default" onClick={() => setAsking(true)}>
          {strings.renew}
        </Button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={strings.renewTitle}
          confirmLabel={strings.renewAction}
          isBusy={renew.isPending}
          error={renew.error}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            renew.mutate(undefined, {
              onSuccess: ({ recoveryCodes }) => {
                setAsking(false);
                onRenewed(recoveryCodes);
              },
            })
          }
        >
          {strings.renewText}
        </ConfirmDialog>
      )}
    </Section>
  );
}
