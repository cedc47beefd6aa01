import type { TemplateInput } from '@catalyst/shared/features/templates';
import { assertSafeSearch } from '../safe-pattern.ts';
import type { ImportNotes } from './import-notes.ts';
import type { JsonValue } from './json-value.ts';

/** Saving a world takes longer than most servers are given. */
const stopTimeoutSeconds = 60;

/** Any of the texts in a line of the output. An empty one, or none at all, is the first line there is. */
export function toDoneRule(done: JsonValue | undefined, notes: ImportNotes): TemplateInput['done'] {
  const path = 'config.startup.done';
  const given = Array.isArray(done) ? done : [done ?? ''];
  const texts: string[] = [];
  const matching: string[] = [];
  for (const text of given.slice(0, 50)) {
    if (typeof text !== 'string') notes.refused(path, 'is not a text');
    else if (text.startsWith('regex:')) addPattern(text.slice('regex:'.length), matching, path, notes);
    else if (text.length > 500) notes.refused(path, 'is too long for a line');
    else texts.push(text);
  }
  if (texts.every((text) => text === '') && matching.length === 0) {
    notes.changed(path, 'Nothing tells when the game is ready; its first line does');
    return { kind: 'lines', anyOf: [''] };
  }
  const count = texts.length + matching.length;
  notes.understood(path, count === 1 ? 'one text' : `any of ${count} texts`);
  return { kind: 'lines', anyOf: texts, matching };
}

function addPattern(pattern: string, matching: string[], path: string, notes: ImportNotes): void {
  try {
    if (pattern === '' || pattern.length > 500 || matching.length >= 10) throw new Error('too long');
    assertSafeSearch({ pattern, ignoreCase: false });
    matching.push(pattern);
  } catch {
    notes.refused(path, `The expression ${pattern.slice(0, 200)} is not searched for`);
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGABRT', 'SIGKILL'] as const;

/** A command, or a signal behind `^`. The C key is SIGINT, however it is written. */
export function toStopRule(stop: string, notes: ImportNotes): TemplateInput['stop'] {
  const path = 'config.stop';
  const text = stop.trim();
  const wanted = /^\^+(\w*)$/.exec(text)?.[1]?.toUpperCase();
  if (text !== '' && wanted === undefined) {
    if (text.length <= 500) {
      notes.understood(path, 'a command');
      return { kind: 'command', command: text, timeoutSeconds: stopTimeoutSeconds };
    }
    notes.refused(path, 'is too long for a command');
  }
  const name = wanted === 'C' ? 'SIGINT' : signals.find((each) => each === wanted || each === `SIG${wanted}`);
  if (name === undefined) notes.changed(path, 'There is no such signal; it is SIGTERM');
  else notes.understood(path, name);
  return { kind: 'signal', signal: name ?? 'SIGTERM', timeoutSeconds: stopTimeoutSeconds };
}
