/** A pattern that matches exactly this text; valid with and without the `u` flag. */
export function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
