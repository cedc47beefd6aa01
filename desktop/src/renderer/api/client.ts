import { api as routes } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import { withProofs } from './reauthentication.ts';

/** The folder the interface is served from, without a slash at its end. */
export const basePath = import.meta.env.BASE_URL.replace(/\/$/, '');

/** The panel, asked with the session's cookie. */
export const api = withProofs(createApiClient(routes, { baseUrl: basePath }));
