/** Runs each work when those given before have ended, however they ended. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** A queue that lets one thing happen at a time; a failed work does not hold up the next. */
export function oneAtATime(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
