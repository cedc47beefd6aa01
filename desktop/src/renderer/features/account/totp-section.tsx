import type { Factors, TotpEnrolment } from '@catalyst/shared/features/factors';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import { useState } from 'react';
import type { z } from 'zod';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section } from '../../components/section.tsx';
import classes from './account-page.module.css';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';
import { RecoverySection } from './recovery-section.tsx';
import { strings } from './strings.ts';
import { TotpDialog } from './totp-dialog.tsx';
import { useBeginTotp, useRemoveTotp } from './use-factors.ts';

/** Codes of an app, and the recovery codes that come with them. */
export function TotpSection({ factors }: { factors: z.output<typeof Factors> }) {
  const { isEnabled, enabledAt } = factors.totp;
  const begin = useBeginTotp();
  const [enrolment, setEnrolment] = useState<z.output<typeof TotpEnrolment>>();
  const [codes, setCodes] = useState<string[]>();
  const [isDisabling, setDisabling] = useState(false);
  const Icon = isEnabled ? IconShieldCheck : IconShieldOff;
  return (
    <>
      <Section id="totp" title={strings.totp} hint={strings.totpHint}>
        {begin.error && <Failure title={strings.enableFailed} error={begin.error} />}
        <div className={classes.line}>
          <div className={classes.state}>
            <Icon size={18} className={classes.icon} data-on={isEnabled || undefined} aria-hidden />
            <span className={classes.strong}>{isEnabled ? strings.totpOn : strings.totpOff}</span>
            <span className={classes.sub}>
              {isEnabled && enabledAt ? (
                <>
                  {strings.totpSince} <RelativeTime at={enabledAt} />
                </>
              ) : (
                strings.totpOffText
              )}
            </span>
          </div>
          {isEnabled ? (
            <Button variant="default" onClick={() => setDisabling(true)}>
              {strings.disableTotp}
            </Button>
          ) : (
            <Button
              loading={begin.isPending}
              onClick={() => begin.mutate(undefined, { onSuccess: setEnrolment })}
            >
              {strings.enableTotp}
            </Button>
          )}
        </div>
      </Section>
      {isEnabled && <RecoverySection left={factors.recoveryCodesLeft} onRenewed={setCodes} />}
      {enrolment && (
        <TotpDialog
          enrolment={enrolment}
          onClose={() => setEnrolment(undefined)}
          onEnabled={(recoveryCodes) => {
            setEnrolment(undefined);
            setCodes(recoveryCodes);
          }}
        />
      )}
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(undefined)} />}
      {isDisabling && <DisableDialog onClose={() => setDisabling(false)} />}
    </>
  );
}

function DisableDialog({ onClose }: { onClose: () => void }) {
  const remove = useRemoveTotp();
  return (
    <ConfirmDialog
      title={strings.disableTitle}
      confirmLabel={strings.disableTotp}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            notifications.show({ message: strings.disabled });
            onClose();
          },
        })
      }
    >
      {strings.disableText}
    </ConfirmDialog>
  );
}
