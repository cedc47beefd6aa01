const SHORTEST_SECRET = 4;

/** A function that replaces each of the values by •••; values under four characters would mask ordinary words. */
export function maskSecrets(values: readonly string[]): (text: string) => string {
  const secrets = values
    // A value of several lines is printed as several lines.
    .flatMap((value) => value.split(/[\r\n]+/))
    .filter((value) => value.length >= SHORTEST_SECRET)
    // The longest first: a secret that contains another one goes as a whole.
    .sort((one, other) => other.length - one.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '•••'), text);
}
