import { type FilePath, pathFields, readPath } from './file-path.ts';

/** Slashes stay readable in addresses. */
function search(path: FilePath): string {
  if (path.length === 0) return '';
  const [[name, value] = ['', '']] = Object.entries(pathFields(path));
  return `?${name}=${encodeURIComponent(value).replaceAll('%2F', '/')}`;
}

export const folderAddress = (serverId: string, path: FilePath): string =>
  `/servers/${serverId}/files${search(path)}`;

export const fileAddress = (serverId: string, path: FilePath): string =>
  `/servers/${serverId}/files/open${search(path)}`;

export const pathInAddress = (params: URLSearchParams): FilePath =>
  readPath({ path: params.get('path') ?? undefined, pathBase64: params.get('pathBase64') ?? undefined });

/** How somebody came here by keys, who goes on by keys. */
export interface FolderArrival {
  /** Where the keyboard was: the folder that was left upwards. */
  cursor?: string;
}
