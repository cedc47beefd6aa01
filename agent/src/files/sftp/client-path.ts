import { isDot, isDotDot, joinNames, splitAtSlashes } from '../server-path.ts';

/**
 * What a path of a client means below the server's folder, which to the client is `/`. Names are taken as they stand, so
 * `..` leaves what was named before it, and nothing leads above the folder.
 */
export function pathFromClient(path: Buffer): Buffer {
  const names: Buffer[] = [];
  for (const name of splitAtSlashes(path)) {
    if (name.length === 0 || isDot(name)) continue;
    if (isDotDot(name)) names.pop();
    else names.push(name);
  }
  return joinNames(names);
}

/** As the client is told it. */
export const pathForClient = (path: Buffer): Buffer => Buffer.concat([Buffer.from('/'), path]);
