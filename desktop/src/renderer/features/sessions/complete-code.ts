import { RecoveryCode, TotpCode } from '@catalyst/shared/features/factors';

export type CodeKind = 'totp' | 'recovery-code';

/** What was typed or pasted, once it is a whole code; null before. */
export function completeCode(kind: CodeKind, text: string): string | null {
  const parsed = (kind === 'totp' ? TotpCode : RecoveryCode).safeParse(text);
  return parsed.success ? parsed.data : null;
}
