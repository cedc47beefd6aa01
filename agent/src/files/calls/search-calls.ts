import type { SearchOptions, SearchSummary } from '../search-tree.ts';

/** One message over the socket to the panel is at most 1 MiB. */
const mostAnswerBytes = 700_000;

interface Answer<Told> {
  found: Told[];
  endedBy: SearchSummary['endedBy'];
}

/** What a search finds, as far as it fits into one answer. */
export async function findAll<Match, Told extends object>(
  most: number,
  tell: (match: Match) => Promise<Told> | Told,
  search: (options: SearchOptions<Match>) => Promise<SearchSummary>,
): Promise<Answer<Told>> {
  const found: Told[] = [];
  let bytes = 0;
  const isFull = new AbortController();
  const onMatch = async (match: Match) => {
    const told = await tell(match);
    bytes += JSON.stringify(told).length;
    if (bytes > mostAnswerBytes) isFull.abort();
    else found.push(told);
  };
  try {
    const { endedBy } = await search({ mostMatches: most, onMatch, signal: isFull.signal });
    return { found, endedBy };
  } catch (error) {
    if (error === isFull.signal.reason) return { found, endedBy: 'matches' };
    throw error;
  }
}
