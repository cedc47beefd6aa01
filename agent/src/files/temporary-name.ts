import { randomBytes } from 'node:crypto';

const pattern = /^\.catalyst-[0-9a-f]{24}\.tmp$/;

/** Hidden, and not to be guessed by a game that would like to be there first. */
export function temporaryName(): Buffer {
  return Buffer.from(`.catalyst-${randomBytes(12).toString('hex')}.tmp`);
}

export function isTemporaryName(name: Buffer): boolean {
  return name.length === 38 && pattern.test(name.toString('latin1'));
}

const uploadPattern = /^\.catalyst-([0-9a-f]{32})\.(?:upload|part)$/;

/** Where an upload that may take days is kept, in the server's folder itself: what is to be, and what has come of it. */
export function uploadNames(id: string): { record: string; part: string } {
  const name = `.catalyst-${id.replaceAll('-', '')}`;
  return { record: `${name}.upload`, part: `${name}.part` };
}

/** The id (without dashes) in the name of either file of an upload. */
export function uploadIdIn(name: Buffer): string | undefined {
  return name.length <= 49 ? uploadPattern.exec(name.toString('latin1'))?.[1] : undefined;
}

/** What is no file of the server yet. */
export function isHiddenName(name: Buffer): boolean {
  return isTemporaryName(name) || uploadIdIn(name) !== undefined;
}
