export interface InputHistory {
  /** One command further back, or the same text when there is none. */
  older(draft: string): string;
  /** One command further forward; at the end what was being typed. */
  newer(current: string): string;
  add(command: string): void;
  all(): readonly string[];
}

const kept = 100;

/** Commands of one console, browsed as in a shell: what was being typed comes back at the end. */
export function createInputHistory(earlier: readonly string[] = []): InputHistory {
  let commands = earlier.slice(-kept);
  /** Where the browsing is; the length of the list when it is not in it. */
  let position = commands.length;
  let draft = '';
  return {
    older(current) {
      if (position === commands.length) draft = current;
      if (position === 0) return current;
      position -= 1;
      return commands[position] as string;
    },
    newer(current) {
      if (position >= commands.length) return current;
      position += 1;
      return commands[position] ?? draft;
    },
    add(command) {
      if (command !== '' && commands.at(-1) !== command) commands = [...commands, command].slice(-kept);
      position = commands.length;
      draft = '';
    },
    all: () => commands,
  };
}
