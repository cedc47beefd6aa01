import type { SignInOptions } from '@catalyst/shared/features/accounts';
import type { z } from 'zod';

/** Whether people without an invitation can register. Their addresses have to be proved, which takes mail. */
export function isRegistrationOpen(options: z.output<typeof SignInOptions>): boolean {
  const { registration, passwordReset: sendsMail } = options;
  return sendsMail && (registration === 'open' || registration === 'domain');
}
