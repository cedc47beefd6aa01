import { observable } from '../../api/observable.ts';
import type { FileName, FilePath } from './file-path.ts';

/** What was cut or copied and waits for being pasted into a folder of the same server. */
export interface FileClipboard {
  serverId: string;
  folder: FilePath;
  /** Copied files stay for another paste. */
  kind: 'cut' | 'copy';
  names: readonly FileName[];
}

export const fileClipboard = observable<FileClipboard | null>(null);
