const maxTextLength = 500;

/** Text as any database takes it: no NUL and no half characters (Postgres refuses both), and not endless. */
export function auditText(text: string): string {
  const short = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
  return short.replaceAll('\0', '\ufffd').toWellFormed();
}
