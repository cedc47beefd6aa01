import type { FactorChallenge } from '@catalyst/shared/contract/errors';
import type { User } from '@catalyst/shared/features/users';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/errors.ts';
import { provePasskey } from './passkey.ts';
import { safeReturnPath } from './return-path.ts';
import { useBeginSession } from './use-session.ts';

/** Lets somebody in who has just signed in, to where they wanted to go. */
export function useEnter(wanted: string | null): (signedIn: { user: User }) => void {
  const begin = useBeginSession();
  const navigate = useNavigate();
  return ({ user }) => {
    begin(user);
    navigate(safeReturnPath(wanted, location.origin), { replace: true });
  };
}

/** What the panel asks for before it lets somebody in. */
export type NextStep =
  | { what: 'factor'; challenge: FactorChallenge }
  /** The challenge's token sets the new password. */
  | { what: 'new-password'; token: string };

/** Undefined after any other answer. */
export function nextStepOf(error: unknown): NextStep | undefined {
  if (!hasCode(error, 'factor_required', 'password_change_required') || !error.challenge) return undefined;
  const { challenge } = error;
  return error.code === 'factor_required'
    ? { what: 'factor', challenge }
    : { what: 'new-password', token: challenge.token };
}

export function usePasskeySignIn(onSignedIn: (signedIn: { user: User }) => void) {
  return useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await api.factors.askForPasskey({ body: { purpose: 'sign-in' } });
      return api.accounts.signInByPasskey({ body: { ceremony, response: await provePasskey(options) } });
    },
    onSuccess: onSignedIn,
  });
}

interface FactorProof {
  code?: string;
  recoveryCode?: string;
}

interface Outcomes {
  onSignedIn: (signedIn: { user: User }) => void;
  onNextStep: (step: NextStep) => void;
}

/** The second step: with a code, or without one by a passkey. */
export function useFactor(challenge: string, { onSignedIn, onNextStep }: Outcomes) {
  return useMutation({
    mutationFn: async (proof: FactorProof | 'passkey') =>
      api.sessions.factor({
        body: { challenge, ...(proof === 'passkey' ? { passkey: await passkeyFor(challenge) } : proof) },
      }),
    onSuccess: onSignedIn,
    onError: (error) => {
      const next = nextStepOf(error);
      if (next) onNextStep(next);
    },
  });
}

async function passkeyFor(challenge: string) {
  const { ceremony, options } = await api.factors.askForPasskey({ body: { purpose: 'factor', challenge } });
  return { ceremony, response: await provePasskey(options) };
}

const returnPathKey = 'catalyst.return-path';

/** Leaves for a provider's page, which leads back to `/sign-in/callback`. */
export function useProviderSignIn(wanted: string | null) {
  return useMutation({
    mutationFn: (id: string) => api.oidc.start({ params: { id }, body: { purpose: 'sign-in' } }),
    onSuccess: ({ url }) => {
      sessionStorage.setItem(returnPathKey, wanted ?? '');
      location.assign(url);
    },
  });
}

/** Where they wanted to go who left for a provider. */
export const keptReturnPath = (): string | null => sessionStorage.getItem(returnPathKey);
