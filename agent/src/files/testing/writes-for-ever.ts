import { openServerDirectory } from '../server-directory.ts';

// Run by crash.test.ts, and killed by it in the middle of anything: writes numbered contents and says each number that
// was acknowledged.
const [root = ''] = process.argv.slice(2);
await using directory = await openServerDirectory(root);
const first = Number(
  (await directory.read('f', 10_000_000).catch(() => Buffer.from('0'))).toString().split('\n')[0],
);

for (let number = first + 1; ; number += 1) {
  // Of very different lengths, so that a mix of two would show.
  await directory.write('f', Buffer.from(`${number}\n`.repeat(1 + ((number * 7919) % 60_000))));
  process.stdout.write(`${number}\n`);
}
