import { randomBytes } from 'node:crypto';

/** What nobody can guess or meet twice: 256 random bits in base64url, 43 characters. */
export const randomToken = () => randomBytes(32).toString('base64url');
