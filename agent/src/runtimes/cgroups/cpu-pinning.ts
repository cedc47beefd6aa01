import { AppError } from '@catalyst/shared/contract/errors';

/** The numbers in a list of cores as the kernel writes it: `0-3,5`. */
export function parseCores(list: string): Set<number> {
  const cores = new Set<number>();
  for (const range of list.trim().split(',').filter(Boolean)) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let core = first; core <= last; core++) cores.add(core);
  }
  return cores;
}

/** Throws `invalid_input` when a server is to run on cores that are not there. */
export function checkPinning(pinning: string | undefined, available: string | null): void {
  if (pinning === undefined || available === null) return;
  const there = parseCores(available);
  const wanted = parseCores(pinning);
  const missing = [...wanted].filter((core) => !there.has(core));
  if (missing.length === 0 && wanted.size > 0) return;
  throw new AppError(
    'invalid_input',
    `The server is to run on the cores ${pinning}, and this machine has the cores ${available}`,
  );
}
