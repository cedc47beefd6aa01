import { Button, Modal, PasswordInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { hasCode } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { CodeField } from './code-field.tsx';
import { completeCode } from './complete-code.ts';
import { EntryError } from './entry-error.tsx';
import classes from './entry-page.module.css';
import { supportsPasskeys } from './passkey.ts';
import { ProofByProvider } from './proof-by-provider.tsx';
import { strings } from './strings.ts';
import { useProofMethods, useProve } from './use-proof.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

type Method = 'password' | 'totp' | 'passkey' | 'provider';

const names: Record<Exclude<Method, 'provider'>, string> = {
  password: strings.usePassword,
  totp: strings.useCode,
  passkey: strings.usePasskey,
};

interface ReauthenticationDialogProps {
  onProven: () => void;
  onClose: () => void;
}

/** Asks for one proof of who sits there. Closing it leaves what asked for it undone. */
export default function ReauthenticationDialog({ onProven, onClose }: ReauthenticationDialogProps) {
  const { data, error, isFetching, refetch } = useProofMethods();
  const methods = data?.methods.filter((method) => method !== 'passkey' || supportsPasskeys());
  return (
    <Modal opened onClose={onClose} closeOnEscape={false} title={strings.proofTitle} zIndex={300} size="sm">
      <div className={dialog.form}>
        <p>{strings.proofLead}</p>
        {!data && !error && (
          <div role="status" aria-label={shared.loading}>
            <SkeletonLines count={2} />
          </div>
        )}
        {error && !data && <Failure error={error} retry={() => void refetch()} isRetrying={isFetching} />}
        {methods?.length === 0 && <Notice tone="warning">{strings.proofNone}</Notice>}
        {methods && methods.length > 0 ? (
          <ProofForm methods={methods} onProven={onProven} onClose={onClose} />
        ) : (
          <div className={dialog.buttons}>
            <Button variant="default" onClick={onClose}>
              {shared.cancel}
            </Button>
          </div>
        )}
      </div>
    </Modal>
  );
}

function ProofForm(props: ReauthenticationDialogProps & { methods: readonly Method[] }) {
  const ways = props.methods.filter((method) => method !== 'provider');
  const [method, setMethod] = useState<Exclude<Method, 'provider'> | undefined>(ways[0]);
  const [text, setText] = useState('');
  const prove = useProve(props.onProven);
  const waitSeconds = useWaitSeconds(prove.error);
  const isWrong = hasCode(prove.error, 'invalid_credentials', 'invalid_input');
  const isReady =
    method === 'passkey' || (method === 'totp' ? completeCode('totp', text) !== null : text !== '');
  const send = (typed: string) => {
    if (waitSeconds > 0 || prove.isPending) return;
    if (method === 'passkey') prove.mutate('passkey');
    else prove.mutate(method === 'totp' ? { code: typed } : { password: typed });
  };
  const type = (typed: string) => {
    setText(typed);
    if (prove.error && waitSeconds === 0) prove.reset();
  };
  return (
    <>
      {method && (
        <form
          className={dialog.form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) send(text);
          }}
        >
          {method === 'password' && (
            <PasswordInput
              label={strings.password}
              autoComplete="current-password"
              autoFocus
              data-autofocus
              maxLength={256}
              value={text}
              error={isWrong && strings.proofWrongPassword}
              onChange={(event) => type(event.currentTarget.value)}
            />
          )}
          {method === 'totp' && (
            <CodeField
              kind="totp"
              value={text}
              error={isWrong ? strings.wrongCode : undefined}
              onChange={type}
              onComplete={send}
            />
          )}
          {(!isWrong || method === 'passkey') && (
            <EntryError
              error={prove.error}
              title={strings.proofFailed}
              wrong={strings.passkeyRefused}
              waitSeconds={waitSeconds}
            />
          )}
          <div className={dialog.buttons}>
            <Button variant="default" onClick={props.onClose}>
              {shared.cancel}
            </Button>
            <Button
              type="submit"
              loading={prove.isPending}
              disabled={!isReady || waitSeconds > 0}
              autoFocus={method === 'passkey'}
              leftSection={method === 'passkey' && <IconFingerprint size={16} />}
            >
              {waitSeconds > 0
                ? strings.waitButton(waitSeconds)
                : method === 'passkey'
                  ? strings.usePasskey
                  : strings.confirm}
            </Button>
          </div>
        </form>
      )}
      {props.methods.includes('provider') && <ProofByProvider onProven={props.onProven} />}
      {ways.length > 1 && (
        <div className={classes.links}>
          {ways
            .filter((other) => other !== method)
            .map((other) => (
              <button
                key={other}
                type="button"
                className={classes.link}
                onClick={() => {
                  prove.reset();
                  setText('');
                  setMethod(other);
                }}
              >
                {names[other]}
              </button>
            ))}
        </div>
      )}
    </>
  );
}
