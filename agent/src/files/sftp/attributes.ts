import type { Attributes } from '@catalyst/shared/node/sftp/fields';
import { modeType } from '@catalyst/shared/node/sftp/protocol';
import type { EntryStats } from '../entry-stats.ts';

const latestSecond = 0xffffffff;
const halfAYearMs = 182 * 86_400_000;

/** As SFTP tells them. When something was last read is not told: it is said to be when it was written. */
export function toAttributes({ type, sizeBytes, mode, modifiedAt, uid, gid }: EntryStats): Attributes {
  const second = Math.min(Math.max(0, Math.floor(modifiedAt.getTime() / 1000)), latestSecond);
  return {
    sizeBytes,
    owner: { uid, gid },
    permissions: modeType[type] | mode,
    times: { accessedAt: second, modifiedAt: second },
  };
}

/** A line as of `ls -l`. */
export function toLine(name: Buffer, stats: EntryStats): Buffer {
  const { type, mode, linkCount, uid, gid, sizeBytes, modifiedAt } = stats;
  const columns = [
    `${typeLetter[type]}${letters(mode)}`,
    String(linkCount).padStart(4),
    String(uid).padEnd(8),
    String(gid).padEnd(8),
    String(sizeBytes).padStart(8),
    dateText(modifiedAt),
  ];
  return Buffer.concat([Buffer.from(`${columns.join(' ')} `), name]);
}

const typeLetter = { file: '-', folder: 'd', link: 'l', fifo: 'p', socket: 's', device: 'c' };

const letters = (mode: number) =>
  Array.from('rwxrwxrwx', (letter, index) => (mode & (0o400 >> index) ? letter : '-')).join('');

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** With the time of day when it is of late, else with the year. */
function dateText(date: Date): string {
  const isOfLate = Math.abs(Date.now() - date.getTime()) < halfAYearMs;
  const two = (number: number) => String(number).padStart(2, '0');
  const last = isOfLate
    ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
    : String(date.getUTCFullYear()).padStart(5);
  return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${last}`;
}
