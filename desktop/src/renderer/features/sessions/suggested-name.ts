/** A user name made of an e-mail address, until somebody thinks of a better one. */
export function suggestedName(email: string): string {
  const [first = ''] = email.toLowerCase().split('@');
  return first.replace(/[^a-z0-9_-]/g, '-').slice(0, 32);
}
