import type { FactorChallenge, FactorMethod } from '@catalyst/shared/contract/errors';
import type { User } from '@catalyst/shared/features/users';
import { Button } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { hasCode } from '../../api/errors.ts';
import { Notice } from '../../components/notice.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { CodeField } from './code-field.tsx';
import { completeCode } from './complete-code.ts';
import { EntryError } from './entry-error.tsx';
import classes from './entry-page.module.css';
import { EntryPage } from './entry-page.tsx';
import { supportsPasskeys } from './passkey.ts';
import { strings } from './strings.ts';
import { type NextStep, useFactor } from './use-enter.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

interface FactorStepProps {
  challenge: FactorChallenge;
  onSignedIn: (signedIn: { user: User }) => void;
  onNextStep: (step: NextStep) => void;
  /** Back to the first step; `isOver` when the challenge no longer counts. */
  onBack: (isOver: boolean) => void;
}

const names: Record<FactorMethod, string> = {
  totp: strings.useCode,
  passkey: strings.usePasskey,
  'recovery-code': strings.useRecoveryCode,
};

/** The second step of a sign-in, by one of the ways the account has. */
export function FactorStep({ challenge, onSignedIn, onNextStep, onBack }: FactorStepProps) {
  const methods = challenge.methods.filter((method) => method !== 'passkey' || supportsPasskeys());
  const [method, setMethod] = useState(methods[0]);
  const [text, setText] = useState('');
  const factor = useFactor(challenge.token, { onSignedIn, onNextStep });
  const waitSeconds = useWaitSeconds(factor.error);
  const isOver = useNow() > challenge.expiresAt || hasCode(factor.error, 'unauthenticated', 'not_found');
  useEffect(() => {
    if (isOver) onBack(true);
  }, [isOver, onBack]);
  const isWrong = hasCode(factor.error, 'invalid_credentials', 'invalid_input');
  const send = (code: string) => {
    if (waitSeconds > 0 || factor.isPending) return;
    factor.mutate(method === 'totp' ? { code } : { recoveryCode: code });
  };
  const choose = (other: FactorMethod) => {
    factor.reset();
    setText('');
    setMethod(other);
  };
  return (
    <EntryPage
      title={strings.factorTitle}
      lead={method && strings.factorLead[method === 'passkey' ? 'passkey' : 'totp']}
    >
      {!method && <Notice tone="warning">{strings.noWay}</Notice>}
      {method && (
        <form
          className={classes.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (method === 'passkey') return factor.mutate('passkey');
            const code = completeCode(method, text);
            if (code !== null) send(code);
          }}
        >
          {method !== 'passkey' && (
            <CodeField
              key={method}
              kind={method}
              value={text}
              error={isWrong ? wrongOf[method] : undefined}
              onChange={(typed) => {
                setText(typed);
                if (factor.error && waitSeconds === 0) factor.reset();
              }}
              onComplete={send}
            />
          )}
          {(!isWrong || method === 'passkey') && (
            <EntryError
              error={factor.error}
              title={strings.failed}
              wrong={strings.passkeyRefused}
              waitSeconds={waitSeconds}
            />
          )}
          <Button
            type="submit"
            fullWidth
            autoFocus={method === 'passkey'}
            loading={factor.isPending}
            disabled={waitSeconds > 0 || (method !== 'passkey' && completeCode(method, text) === null)}
            leftSection={method === 'passkey' && <IconFingerprint size={16} />}
          >
            {waitSeconds > 0
              ? strings.waitButton(waitSeconds)
              : method === 'passkey'
                ? strings.usePasskey
                : strings.confirm}
          </Button>
        </form>
      )}
      <div className={classes.links}>
        {methods
          .filter((other) => other !== method)
          .map((other) => (
            <button key={other} type="button" className={classes.link} onClick={() => choose(other)}>
              {names[other]}
            </button>
          ))}
        <button type="button" className={classes.link} onClick={() => onBack(false)}>
          {strings.backToSignIn}
        </button>
      </div>
    </EntryPage>
  );
}

const wrongOf = { totp: strings.wrongCode, 'recovery-code': strings.wrongRecoveryCode };
