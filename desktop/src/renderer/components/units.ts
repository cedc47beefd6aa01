/** Numbers as people read them. Memory and disk count in steps of 1024, as the limits do. */

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.5 GiB`, `512 MiB`: at most three digits that matter. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${threeDigits(value, unit === 0)} ${byteUnits[unit]}`;
}

export const formatMegabytes = (megabytes: number): string => formatBytes(megabytes * 1024 ** 2);

/** The same in the unit of the limit, so that `0.8 / 2 GiB` compares at a glance. */
export function formatBytesOf(bytes: number, limitBytes: number): string {
  const unit = Math.min(Math.floor(Math.log2(Math.max(limitBytes, 1)) / 10 + 0.0001), byteUnits.length - 1);
  const scale = 1024 ** unit;
  return `${threeDigits(bytes / scale)} / ${threeDigits(limitBytes / scale)} ${byteUnits[unit]}`;
}

/** A share of one core is given as percent of all the cores that are allowed. */
export function formatCpu(percentOfOneCore: number, cores: number): string {
  return formatPercent(percentOfOneCore / (cores * 100));
}

export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 10 ? trimZero(percent.toFixed(1)) : Math.round(percent)} %`;
}

export function formatCores(cores: number): string {
  return `${trimZero(cores.toFixed(2))} ${cores === 1 ? 'core' : 'cores'}`;
}

export const formatCount = (count: number): string => count.toLocaleString('en');

/** `4 d 3 h`, `3 h 12 min`, `45 s`: the two largest parts. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + (first < 2 ? 2 : 1)).filter(([amount]) => amount > 0);
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}

/** `just now`, `3 min ago`, `in 20 s`. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (now.getTime() - at.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 5) return 'just now';
  const amount = singleUnit(distance);
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
export const formatExact = (at: Date): string => exact.format(at);

function singleUnit(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  if (seconds < 86_400 * 60) return `${Math.floor(seconds / 86_400)} d`;
  if (seconds < 86_400 * 730) return `${Math.floor(seconds / (86_400 * 30))} months`;
  return `${Math.floor(seconds / (86_400 * 365))} years`;
}

function threeDigits(value: number, whole = false): string {
  if (whole || value >= 99.95) return String(Math.round(value));
  return trimZero(value >= 9.995 ? value.toFixed(1) : value.toFixed(2));
}

const trimZero = (text: string): string => text.replace(/\.?0+$/, '');
