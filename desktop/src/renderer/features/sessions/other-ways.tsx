import type { SignInOptions } from '@catalyst/shared/features/accounts';
import type { User } from '@catalyst/shared/features/users';
import { Button } from '@mantine/core';
import { IconFingerprint, IconLogin2 } from '@tabler/icons-react';
import type { z } from 'zod';
import { EntryError } from './entry-error.tsx';
import classes from './entry-page.module.css';
import { supportsPasskeys } from './passkey.ts';
import { strings } from './strings.ts';
import { usePasskeySignIn, useProviderSignIn } from './use-enter.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

interface OtherWaysProps {
  options: z.output<typeof SignInOptions>;
  wanted: string | null;
  onSignedIn: (signedIn: { user: User }) => void;
}

/** Signing in without a password: by a passkey, where the browser has them, and by each provider. */
export function OtherWays({ options, wanted, onSignedIn }: OtherWaysProps) {
  const passkey = usePasskeySignIn(onSignedIn);
  const provider = useProviderSignIn(wanted);
  const waitSeconds = useWaitSeconds(passkey.error ?? provider.error);
  const hasPasskeys = options.passkeys && supportsPasskeys();
  if (!hasPasskeys && options.providers.length === 0) return null;
  return (
    <>
      <div className={classes.or}>{strings.or}</div>
      <div className={classes.ways}>
        {hasPasskeys && (
          <Button
            variant="default"
            fullWidth
            leftSection={<IconFingerprint size={16} />}
            loading={passkey.isPending}
            disabled={waitSeconds > 0}
            onClick={() => {
              provider.reset();
              passkey.mutate();
            }}
          >
            {strings.withPasskey}
          </Button>
        )}
        {options.providers.map(({ id, name }) => (
          <Button
            key={id}
            variant="default"
            fullWidth
            leftSection={<IconLogin2 size={16} />}
            // Stays so until the browser has left for the provider.
            loading={provider.variables === id && (provider.isPending || provider.isSuccess)}
            disabled={waitSeconds > 0}
            onClick={() => {
              passkey.reset();
              provider.mutate(id);
            }}
          >
            {strings.withProvider(name)}
          </Button>
        ))}
      </div>
      <EntryError
        error={passkey.error ?? provider.error}
        title={strings.failed}
        {...(passkey.error && { wrong: strings.passkeyRefused })}
        waitSeconds={waitSeconds}
      />
    </>
  );
}
