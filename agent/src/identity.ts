import { join } from 'node:path';
import { loadSigningKey, type SigningKey } from '@catalyst/shared/node/signing-key';

/** Who this agent is: its key, made at the very first start. Throws a StartError for one that cannot be read. */
export const loadIdentity = (folder: string): Promise<SigningKey> =>
  loadSigningKey(
    join(folder, 'agent-key.pem'),
    'Restore it from a backup, or remove it and link this agent again.',
  );
