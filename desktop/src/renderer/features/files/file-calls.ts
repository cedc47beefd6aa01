import { callUrl } from '@catalyst/shared/contract/client';
import { type FileStats, fileRoutes } from '@catalyst/shared/features/files';
import { mostAtOnce } from '@catalyst/shared/features/files-link';
import { api, basePath } from '../../api/client.ts';
import { hasCode } from '../../api/errors.ts';
import { type FilePath, nameKey, pathFields, pathsFields, targetFields } from './file-path.ts';

/** What is there, undefined when nothing is. */
export async function statPath(
  serverId: string,
  path: FilePath,
  signal?: AbortSignal,
): Promise<FileStats | undefined> {
  try {
    return await api.files.stat({ params: { id: serverId }, query: pathFields(path), signal });
  } catch (error) {
    if (hasCode(error, 'not_found')) return undefined;
    throw error;
  }
}

export function renamePath(serverId: string, path: FilePath, to: FilePath, replace = false): Promise<void> {
  return api.files.rename({
    params: { id: serverId },
    body: { ...pathFields(path), ...targetFields(to), replace },
  });
}

export async function copyPath(
  serverId: string,
  path: FilePath,
  to: FilePath,
  replace = false,
): Promise<void> {
  const [name, newName] = [path.at(-1), to.at(-1)];
  const isRenamed = name && newName && nameKey(name) !== nameKey(newName);
  await api.files.copy({
    params: { id: serverId },
    body: {
      ...pathsFields([path]),
      ...targetFields(to.slice(0, -1)),
      ...(isRenamed && { newName: newName.text }),
      replace,
    },
  });
}

/** A thousand in one call; what was deleted before a refusal stays deleted. */
export async function deletePaths(serverId: string, paths: readonly FilePath[]): Promise<void> {
  for (let start = 0; start < paths.length; start += mostAtOnce) {
    const body = pathsFields(paths.slice(start, start + mostAtOnce));
    await api.files.delete({ params: { id: serverId }, body });
  }
}

export const downloadAddress = (serverId: string, path: FilePath): string =>
  basePath + callUrl(fileRoutes.download, { params: { id: serverId }, query: pathFields(path) });

/** The browser saves them, one after the other; the panel names them, and sends a folder as a zip. */
export function downloadPaths(serverId: string, paths: readonly FilePath[]): void {
  for (const path of paths) {
    const link = document.createElement('a');
    link.href = downloadAddress(serverId, path);
    link.download = '';
    link.click();
  }
}
