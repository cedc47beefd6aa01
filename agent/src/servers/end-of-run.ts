import type { Limits } from '@catalyst/shared/features/server-spec';
import type { ServerReason } from '@catalyst/shared/features/server-states';
import type { Exit } from '../runtimes/runtime.ts';

/** Why a server is in its state: a closed word for programs and a sentence for people. */
export interface Reason {
  reason: ServerReason;
  reasonText: string;
}

/** How a game ended by itself. */
export function reasonOfExit({ code, signal, outOfMemory }: Exit, limits: Limits): Reason {
  if (outOfMemory) {
    return {
      reason: 'out_of_memory',
      reasonText: `It ran out of memory; its limit is ${limits.memoryMb} MB.`,
    };
  }
  if (signal !== null) return { reason: 'signal', reasonText: `It was ended by ${signal}.` };
  if (code === null) {
    return {
      reason: 'holder_lost',
      reasonText: 'It ended and nobody saw how: its holder process is gone too.',
    };
  }
  if (code === 0) return { reason: 'exited', reasonText: 'It ended by itself.' };
  return { reason: 'exit_code', reasonText: `It ended with exit code ${code}.` };
}
