import type { TotpEnrolment } from '@catalyst/shared/features/factors';
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { z } from 'zod';
import { hasCode } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Copyable } from '../../components/copy-button.tsx';
import { strings as shared } from '../../components/strings.ts';
import { CodeField } from '../sessions/code-field.tsx';
import { completeCode } from '../sessions/complete-code.ts';
import { EntryError } from '../sessions/entry-error.tsx';
import { useWaitSeconds } from '../sessions/use-wait-seconds.ts';
import { QrCode } from './qr-code.tsx';
import { strings } from './strings.ts';
import classes from './totp-dialog.module.css';
import { useConfirmTotp } from './use-factors.ts';

interface TotpDialogProps {
  enrolment: z.output<typeof TotpEnrolment>;
  onEnabled: (recoveryCodes: string[]) => void;
  onClose: () => void;
}

/** Hands the secret to an app and takes a first code of it as the proof that it arrived. */
export function TotpDialog({ enrolment: { secret, uri }, onEnabled, onClose }: TotpDialogProps) {
  const confirm = useConfirmTotp();
  const [text, setText] = useState('');
  const waitSeconds = useWaitSeconds(confirm.error);
  const isWrong = hasCode(confirm.error, 'invalid_credentials', 'invalid_input');
  const send = (code: string) => {
    if (waitSeconds > 0 || confirm.isPending) return;
    confirm.mutate(code, { onSuccess: ({ recoveryCodes }) => onEnabled(recoveryCodes) });
  };
  return (
    <Modal opened onClose={onClose} title={strings.enrolTitle} closeOnClickOutside={false}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const code = completeCode('totp', text);
          if (code !== null) send(code);
        }}
      >
        <p>{strings.enrolScan}</p>
        <QrCode value={uri} label={strings.qrLabel} />
        <div className={classes.typed}>
          <span>{strings.enrolType}</span>
          <Copyable value={inGroups(secret)} what="key" />
          <a className={classes.open} href={uri}>
            {strings.enrolOpen}
          </a>
        </div>
        <p>{strings.enrolConfirm}</p>
        <CodeField
          kind="totp"
          value={text}
          error={isWrong ? strings.enrolWrong : undefined}
          onChange={(typed) => {
            setText(typed);
            if (confirm.error && waitSeconds === 0) confirm.reset();
          }}
          onComplete={send}
        />
        {!isWrong && (
          <EntryError error={confirm.error} title={strings.enableFailed} waitSeconds={waitSeconds} />
        )}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button
            type="submit"
            loading={confirm.isPending}
            disabled={waitSeconds > 0 || completeCode('totp', text) === null}
          >
            {strings.confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** Fours are easier to type. Apps take the spaces. */
const inGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;
