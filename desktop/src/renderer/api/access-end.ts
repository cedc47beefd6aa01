import { observable } from './observable.ts';

/** Why access to servers ended while this window was open, by the server's id. */
export const accessEnds = observable<ReadonlyMap<string, string>>(new Map());

export function noteAccessEnd(serverId: string, reason: string): void {
  accessEnds.set(new Map(accessEnds.get()).set(serverId, reason));
}
