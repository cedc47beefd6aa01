import { isUtf8 } from 'node:buffer';

const deviceNames = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;
const refusedCharacters = /[<>:"/\\|?*]/;
const shortName = /^[^.]{1,6}~[0-9]{1,6}(\.[^.]{0,3})?$/;

/** Why Windows would not keep this name as it is (or would open something else by it); undefined when it would. */
export function windowsNameProblem(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return 'Names on Windows must be valid text';
  const name = bytes.toString('utf8');
  if (name.length > 255) return 'Names on Windows have at most 255 characters';
  // Covers alternate data streams (a:b), drive letters, device and UNC paths too: all need one of these.
  if (refusedCharacters.test(name)) return 'Names on Windows cannot have any of < > : " / \\ | ? *';
  if (hasControlCharacter(name)) return 'Names on Windows cannot have control characters';
  if (/[. ]$/.test(name)) return 'Names on Windows cannot end with a dot or a space';
  // Windows looks at what is before the first dot, without trailing spaces: `nul .tar.gz` is the null device.
  const stem = (name.split('.')[0] ?? '').trimEnd();
  if (deviceNames.test(stem)) return 'This name belongs to a device on Windows';
  if (shortName.test(name)) return 'This name looks like the short form of another name on Windows';
  return undefined;
}

function hasControlCharacter(name: string): boolean {
  for (let index = 0; index < name.length; index += 1) if (name.charCodeAt(index) < 0x20) return true;
  return false;
}
