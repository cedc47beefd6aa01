import { observable } from '../../api/observable.ts';
import type { FileName, FilePath } from './file-path.ts';

/** What was cut and waits for being pasted into another folder of the same server. */
export interface FileClipboard {
  serverId: string;
  folder: FilePath;
  names: readonly FileName[];
}

export const fileClipboard = observable<FileClipboard | null>(null);
