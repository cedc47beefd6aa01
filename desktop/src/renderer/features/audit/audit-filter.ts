import { AuditFilter } from '@catalyst/shared/features/audit';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { z } from 'zod';

/** As it stands in the page's address, so that a view of the log can be kept and passed on. */
export type FilterText = Partial<Record<keyof AuditFilter, string>>;

/** What `filterIn` let through is what the contract takes. */
export type AuditQueryFilter = z.input<typeof AuditFilter>;

const names = Object.keys(AuditFilter.shape) as (keyof AuditFilter)[];

export function useAuditFilter() {
  const [params, setParams] = useSearchParams();
  const text = useMemo(() => filterIn(params), [params]);
  const change = (changes: FilterText) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        for (const [name, value] of Object.entries(changes)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  return { text, change, clear: () => setParams({}, { replace: true }) };
}

/** What of an address is a filter; what the panel would refuse is left out. */
export function filterIn(params: URLSearchParams): FilterText {
  const found: FilterText = {};
  for (const name of names) {
    const value = params.get(name)?.trim();
    if (!value) continue;
    const wire = isDay(name) ? startOfDay(value, 0) : value;
    if (AuditFilter.shape[name].safeDecode(wire as never).success) found[name] = value;
  }
  return found;
}

/** As the panel takes it. Days are those of the person at the screen, and the last one is meant whole. */
export const toQuery = ({ from, to, ...rest }: FilterText): AuditQueryFilter =>
  ({
    ...rest,
    ...(from && { from: startOfDay(from, 0) }),
    ...(to && { to: startOfDay(to, 1) }),
  }) as AuditQueryFilter;

const isDay = (name: string) => name === 'from' || name === 'to';

/** The moment a day begins, `2026-11-30`, in ISO format; empty when it is none. */
function startOfDay(day: string, daysLater: number): string {
  const [year = Number.NaN, month = Number.NaN, date = Number.NaN] = day.split('-').map(Number);
  const start = new Date(year, month - 1, date + daysLater);
  return Number.isNaN(start.getTime()) ? '' : start.toISOString();
}
