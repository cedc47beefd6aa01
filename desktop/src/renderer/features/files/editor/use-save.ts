import { AppError } from '@catalyst/shared/contract/errors';
import type { FileStats, FileText } from '@catalyst/shared/features/files';
import { maxTextBytes } from '@catalyst/shared/features/files-link';
import { useMutation } from '@tanstack/react-query';
import { type RefObject, useState } from 'react';
import { api } from '../../../api/client.ts';
import { hasCode } from '../../../api/errors.ts';
import { type FilePath, pathFields } from '../file-path.ts';
import type { CodeEditor } from './code-editor.ts';
import { editorStrings as strings } from './strings.ts';

/** What is on the server in place of what was opened; null when nothing is. */
export interface SaveConflict {
  theirs: FileText | null;
}

interface SaveOptions {
  serverId: string;
  path: FilePath;
  /** As it was opened. */
  file: FileStats;
  editor: RefObject<CodeEditor | null>;
}

/** Saves only over what was opened. What somebody else saved meanwhile is read, for the person to compare. */
export function useSave({ serverId, path, file, editor }: SaveOptions) {
  const [base, setBase] = useState<FileStats>(file);
  const [conflict, setConflict] = useState<SaveConflict>();
  const params = { id: serverId };
  const save = useMutation({
    /** Over the file of this version; over nothing at all without one. */
    mutationFn: async (over: string | undefined) => {
      const current = editor.current;
      if (!current) return;
      const doc = current.doc();
      const content = current.text();
      const sizeBytes = new TextEncoder().encode(content).length;
      if (sizeBytes > maxTextBytes) {
        throw new AppError('payload_too_large', strings.tooLargeToSave(sizeBytes));
      }
      try {
        const body = { ...pathFields(path), content, expectedVersion: over };
        const stats = await api.files.write({ params, body });
        setBase(stats);
        setConflict(undefined);
        current.markSaved(doc);
      } catch (error) {
        if (!hasCode(error, 'precondition_failed')) throw error;
        setConflict({ theirs: await readTheirs() });
      }
    },
  });

  async function readTheirs(): Promise<FileText | null> {
    try {
      return await api.files.read({ params, query: pathFields(path) });
    } catch (error) {
      if (hasCode(error, 'not_found')) return null;
      throw error;
    }
  }

  return {
    conflict,
    sizeBytes: base.sizeBytes,
    error: save.error,
    isSaving: save.isPending,
    save: () => {
      if (!save.isPending) save.mutate(base.version);
    },
    overwrite: () => save.mutate(conflict?.theirs?.version),
    takeTheirs: () => {
      if (!conflict?.theirs) return;
      editor.current?.replace(conflict.theirs.content);
      setBase(conflict.theirs);
      setConflict(undefined);
    },
    keepEditing: () => setConflict(undefined),
  };
}
