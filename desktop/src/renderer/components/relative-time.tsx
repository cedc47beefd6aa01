import { observable, useObservable } from '../api/observable.ts';
import { formatDuration, formatExact, formatRelative } from './units.ts';

/** One clock for every time on the page, so that all of them turn over together. */
const clock = observable(new Date());
const tick = () => {
  if (!document.hidden) clock.set(new Date());
};
setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);

export const useNow = (): Date => useObservable(clock);

/** `3 min ago`, the exact time on hover. */
export function RelativeTime({ at }: { at: Date }) {
  const text = formatRelative(at, useNow());
  return <Moment at={at} text={text} />;
}

/** How long since, `3 h 12 min`, the exact time on hover. */
export function Elapsed({ since }: { since: Date }) {
  const text = formatDuration((useNow().getTime() - since.getTime()) / 1000);
  return <Moment at={since} text={text} />;
}

function Moment({ at, text }: { at: Date; text: string }) {
  return (
    <time dateTime={at.toISOString()} title={formatExact(at)}>
      {text}
    </time>
  );
}
