/** One word of a shell, in which only placeholders mean something. */
export const shellWord = (word: string) =>
  /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
