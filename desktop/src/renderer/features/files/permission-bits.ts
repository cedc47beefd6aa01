/** The permission bits of a file: three for the server, three for its group, three for others. */
export const permissionClasses = ['owner', 'group', 'others'] as const;
export type PermissionClass = (typeof permissionClasses)[number];
export const permissionBits = ['read', 'write', 'execute'] as const;
export type PermissionBit = (typeof permissionBits)[number];

const shiftOf = { owner: 6, group: 3, others: 0 };
const bitValue = { read: 4, write: 2, execute: 1 };

const maskOf = (who: PermissionClass, bit: PermissionBit): number => bitValue[bit] << shiftOf[who];

/** Null for what is no octal number of three or four digits. What is not a permission (setuid …) is dropped. */
export function readMode(octal: string): number | null {
  return /^[0-7]{3,4}$/.test(octal) ? Number.parseInt(octal, 8) & 0o777 : null;
}

export const modeOctal = (mode: number): string => mode.toString(8).padStart(3, '0');

export const hasBit = (mode: number, who: PermissionClass, bit: PermissionBit): boolean =>
  (mode & maskOf(who, bit)) !== 0;

export const withBit = (mode: number, who: PermissionClass, bit: PermissionBit, isSet: boolean): number =>
  isSet ? mode | maskOf(who, bit) : mode & ~maskOf(who, bit);

/** `rw-r--r--`. */
export function modeLetters(octal: string): string {
  const mode = readMode(octal);
  if (mode === null) return octal;
  return permissionClasses
    .flatMap((who) => permissionBits.map((bit) => (hasBit(mode, who, bit) ? letterOf[bit] : '-')))
    .join('');
}
const letterOf = { read: 'r', write: 'w', execute: 'x' };
