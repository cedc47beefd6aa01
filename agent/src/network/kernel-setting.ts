import { writeFile } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';

/** Turns a setting of the kernel on; throws `unavailable` where that is not allowed, as in most containers. */
export async function writeKernelSetting(file: string): Promise<void> {
  await writeFile(file, '1').catch((cause) => {
    const message = `The agent may not change the network settings of the kernel (${file})`;
    throw new AppError('unavailable', message, { cause });
  });
}
