import { strings } from './strings.ts';

const longestBytes = 255;

/** What is wrong with a name for something new; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return strings.nameEmpty;
  if (name === '.' || name === '..') return strings.nameDots;
  if (name.includes('/') || name.includes('\0')) return strings.nameSlash;
  if (new TextEncoder().encode(name).length > longestBytes) return strings.nameLong;
  return undefined;
}

/** How much of a name is selected when it is to be changed: what comes before its ending. */
export function stemLength(name: string): number {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? dot : name.length;
}
