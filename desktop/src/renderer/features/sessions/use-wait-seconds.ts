import { useEffect, useState } from 'react';
import { hasCode } from '../../api/errors.ts';
import { useNow } from '../../components/relative-time.tsx';

const waitSecondsWhenUnknown = 30;

/** How long the panel will still refuse another attempt, counting down; 0 when it would not. */
export function useWaitSeconds(error: unknown): number {
  const now = useNow();
  const [refusal, setRefusal] = useState<{ error: unknown; until: number }>();
  useEffect(() => {
    if (!hasCode(error, 'rate_limited')) return;
    setRefusal({ error, until: Date.now() + waitOf(error) * 1000 });
  }, [error]);
  if (!hasCode(error, 'rate_limited')) return 0;
  if (refusal?.error !== error) return waitOf(error);
  // The page's clock may be a second behind, which must not add to the wait.
  const seconds = Math.ceil((refusal.until - now.getTime()) / 1000);
  return Math.min(Math.max(0, seconds), waitOf(error));
}

const waitOf = ({ retryAfterSeconds }: { retryAfterSeconds: number | undefined }): number =>
  Math.ceil(retryAfterSeconds ?? waitSecondsWhenUnknown);
