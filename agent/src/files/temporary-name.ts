import { randomBytes } from 'node:crypto';

const pattern = /^\.catalyst-[0-9a-f]{24}\.tmp$/;

/** Hidden, and not to be guessed by a game that would like to be there first. */
export function temporaryName(): Buffer {
  return Buffer.from(`.catalyst-${randomBytes(12).toString('hex')}.tmp`);
}

export function isTemporaryName(name: Buffer): boolean {
  return name.length === 38 && pattern.test(name.toString('latin1'));
}
