import { AppError } from '@catalyst/shared/contract/errors';

/** A cursor holds the direction and the number to go on from. */
export function writeLogCursor(isForward: boolean, seq: number): string {
  return `${isForward ? 'a' : 'b'}${seq}`;
}

export function readLogCursor(cursor: string): { after?: number; before?: number } {
  const match = /^([ab])(\d{1,15})$/.exec(cursor);
  if (!match) {
    throw new AppError('invalid_input', 'The cursor is not one of this list', {
      issues: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    });
  }
  return match[1] === 'a' ? { after: Number(match[2]) } : { before: Math.max(1, Number(match[2])) };
}
