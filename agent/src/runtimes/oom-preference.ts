import { writeFileSync } from 'node:fs';

/**
 * Asks the kernel to spare this agent when the whole machine runs out of memory; holders ask for themselves, and games
 * offer themselves first. Returns false where that may not be asked for.
 */
export function protectAgentFromOom(): boolean {
  try {
    writeFileSync('/proc/self/oom_score_adj', '-500');
    return true;
  } catch {
    return false;
  }
}
