import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { strings } from './strings.ts';
import { useSignInOptions } from './use-sign-in-options.ts';

/** The shortest password there is anywhere; a panel may want longer ones. */
const shortest = 10;

/** How long a new password has to be on this panel. */
export const useMinPasswordLength = (): number => useSignInOptions().data?.minPasswordLength ?? shortest;

/** Says what a password lacks; null when the rest is up to the panel. */
export const passwordProblem = (password: string, minLength: number): string | null =>
  [...password].length < minLength ? strings.tooShort(minLength) : null;

/** Where somebody chooses a password. */
export function NewPasswordField(props: PasswordInputProps) {
  const minLength = useMinPasswordLength();
  return (
    <PasswordInput
      description={strings.passwordHint(minLength)}
      name="new-password"
      autoComplete="new-password"
      maxLength={256}
      {...props}
    />
  );
}
