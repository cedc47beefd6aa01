import { AppError } from '@catalyst/shared/contract/errors';
import { hasCode } from './errors.ts';
import { observable } from './observable.ts';

interface ProofRequest {
  /** Ends the wait: with a proof the call goes out once more, without one it fails. */
  settle(isProven: boolean): void;
}

/** A dangerous action that waits until somebody proved who sits there; null while none does. */
export const proofRequest = observable<ProofRequest | null>(null);

const unproven = 'Nothing was changed, because it was not confirmed that it is you.';

let asked: Promise<boolean> | undefined;

/** Several that wait at once are answered by one proof. */
function askForProof(): Promise<boolean> {
  asked ??= new Promise<boolean>((settle) => proofRequest.set({ settle })).finally(() => {
    asked = undefined;
    proofRequest.set(null);
  });
  return asked;
}

type Call = (...input: unknown[]) => Promise<unknown>;

/** The same client, whose calls ask for a proof where the panel wants a recent one, and go out once more with it. */
export function withProofs<Client extends object>(client: Client): Client {
  const features = Object.entries(client as Record<string, Record<string, Call>>);
  return Object.fromEntries(features.map(([feature, calls]) => [feature, proving(calls)])) as Client;
}

const proving = (calls: Record<string, Call>) =>
  Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, provenCall(call)]));

function provenCall(call: Call): Call {
  return async (...input) => {
    try {
      return await call(...input);
    } catch (error) {
      if (!hasCode(error, 'reauthentication_required')) throw error;
      if (!(await askForProof())) throw new AppError(error.code, unproven, { cause: error });
      return await call(...input);
    }
  };
}
