/** On which line each value of a JSON text begins, by its dotted path. The text must be JSON. */
export function linesByPath(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let at = 0;
  let line = 1;

  const skip = () => {
    for (; at < text.length && /\s/.test(text.charAt(at)); at += 1) if (text[at] === '\n') line += 1;
  };
  const readString = (): string => {
    const start = at;
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at));
  };
  /** What stands between the braces, and the commas of them. */
  const readAll = (end: string, readOne: (index: number) => void) => {
    at += 1;
    skip();
    for (let index = 0; at < text.length && text[at] !== end; index += 1) {
      readOne(index);
      skip();
      if (text[at] === ',') at += 1;
      skip();
    }
    at += 1;
  };
  const readValue = (path: string) => {
    skip();
    if (!lines.has(path)) lines.set(path, line);
    const inner = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
    if (text[at] === '{') {
      readAll('}', () => {
        const place = inner(readString());
        lines.set(place, line);
        skip();
        at += 1;
        readValue(place);
      });
    } else if (text[at] === '[') {
      readAll(']', (index) => readValue(inner(index)));
    } else if (text[at] === '"') {
      readString();
    } else {
      while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1;
    }
  };
  readValue('');
  return lines;
}
