/** The panel ends a connection that sends a message of more than 1 MiB. */
const maxLinesBytes = 768 * 1024;
/** What JSON adds to the text of a line. */
const lineOverheadBytes = 100;

interface Line {
  text: string;
}

/** The lines in as many pieces as messages are needed for them. */
export function splitIntoMessages<L extends Line>(lines: readonly L[]): L[][] {
  const messages: L[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const size = sizeOf(line);
    if (bytes + size > maxLinesBytes) {
      messages.push([]);
      bytes = 0;
    }
    messages.at(-1)?.push(line);
    bytes += size;
  }
  return messages;
}

/** An exact measure costs as much as sending: short texts are taken at their longest possible form. */
function sizeOf({ text }: Line): number {
  const most = text.length * 6;
  return lineOverheadBytes + (most < 4096 ? most : Buffer.byteLength(JSON.stringify(text)));
}
