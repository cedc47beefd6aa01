import { api } from '../../../api/client.ts';
import { hasCode } from '../../../api/errors.ts';
import { type FilePath, pathFields, pathKey } from '../file-path.ts';

/** Makes folders below one that is there, each once, however many files are to go into them. */
export function folderMaker(serverId: string, base: FilePath): (folder: FilePath) => Promise<void> {
  const made = new Map<string, Promise<void>>();
  const make = (folder: FilePath): Promise<void> => {
    if (folder.length <= base.length) return Promise.resolve();
    const key = pathKey(folder);
    const before = made.get(key);
    if (before) return before;
    const making = make(folder.slice(0, -1)).then(async () => {
      try {
        await api.files.create({ params: { id: serverId }, body: { ...pathFields(folder), type: 'folder' } });
      } catch (error) {
        // That it is there is what was wanted; a file in its place shows when something is put into it.
        if (!hasCode(error, 'conflict')) throw error;
      }
    });
    made.set(key, making);
    // One that failed is made by the next file that needs it.
    making.catch(() => made.delete(key));
    return making;
  };
  return make;
}
