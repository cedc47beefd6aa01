import type { FileEntry } from '@catalyst/shared/features/files';

/** A file for tests; what matters is given. */
export const exampleEntry = (given: Partial<FileEntry>): FileEntry => ({
  name: 'server.properties',
  type: 'file',
  sizeBytes: 1200,
  mode: '0644',
  modifiedAt: new Date(Date.UTC(2026, 4, 1)),
  version: 'v1',
  ...given,
});
