import { z } from 'zod';

// Imported before any schema: probing for `new Function` would be reported as a breach of the page's policy.
z.config({ jitless: true });
