/** A cursor holds the direction and the number to go on from. */
export function writeLogCursor(isForward: boolean, seq: number): string {
  return `${isForward ? 'a' : 'b'}${seq}`;
}

/** Of one that the contract takes. */
export function readLogCursor(cursor: string): { after?: number; before?: number } {
  const seq = Number(cursor.slice(1));
  return cursor.startsWith('a') ? { after: seq } : { before: Math.max(1, seq) };
}
