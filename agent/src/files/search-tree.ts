import { AppError } from '@catalyst/shared/contract/errors';

const most = { matches: 10_000, timeMs: 10_000 };

export interface SearchOptions<Match> {
  /** The search goes on when this is done. */
  onMatch: (match: Match) => void | Promise<void>;
  /** Ends after so many; 1,000 when left out, at most 10,000. */
  mostMatches?: number;
  /** Ends after this time; 10 seconds when left out, which is also the most. */
  timeLimitMs?: number;
  signal?: AbortSignal;
}

export interface SearchSummary {
  matchCount: number;
  /** Whether everything was searched, or one of the limits came first. */
  endedBy: 'end' | 'matches' | 'time';
}

/** One search under its limits. Its signal ends the work; the summary then says why, but throws for the caller's own. */
export async function searchWithin<Match>(
  { onMatch, mostMatches = 1000, timeLimitMs = most.timeMs, signal }: SearchOptions<Match>,
  work: (found: (match: Match) => Promise<void>, signal: AbortSignal) => Promise<void>,
): Promise<SearchSummary> {
  refuseUnlessWithin(mostMatches, most.matches, 'matches');
  refuseUnlessWithin(timeLimitMs, most.timeMs, 'milliseconds');
  const limits = new AbortController();
  const timeIsUp = new Error('The time for this search is up');
  const enoughFound = new Error('This search has found enough');
  const timer = setTimeout(() => limits.abort(timeIsUp), timeLimitMs);
  const ending = signal ? AbortSignal.any([limits.signal, signal]) : limits.signal;
  let matchCount = 0;
  const found = async (match: Match) => {
    ending.throwIfAborted();
    matchCount += 1;
    await onMatch(match);
    if (matchCount < mostMatches) return;
    limits.abort(enoughFound);
    ending.throwIfAborted();
  };
  try {
    await work(found, ending);
    return { matchCount, endedBy: 'end' };
  } catch (error) {
    if (error === timeIsUp) return { matchCount, endedBy: 'time' };
    if (error === enoughFound) return { matchCount, endedBy: 'matches' };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function refuseUnlessWithin(value: number, largest: number, unit: string): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= largest) return;
  throw new AppError('bad_request', `A search may end after 1 to ${largest} ${unit}`);
}
