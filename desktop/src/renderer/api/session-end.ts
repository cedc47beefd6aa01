import { observable } from './observable.ts';

/** Why the last session of this window ended without the person's doing; null when it did not. Empty: nobody said why. */
export const sessionEnd = observable<string | null>(null);
