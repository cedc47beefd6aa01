import type { Session } from '@catalyst/shared/features/sessions';
import { strings } from './strings.ts';

/** `Firefox on Windows`, `curl`, `A browser`. */
export function deviceLabel({ kind, program, system }: Session['device']): string {
  const name = program ?? strings.unknownProgram[kind];
  return system ? strings.onSystem(name, system) : name;
}
