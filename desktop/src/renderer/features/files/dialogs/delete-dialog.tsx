import type { FileEntry } from '@catalyst/shared/features/files';
import { useMutation } from '@tanstack/react-query';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { deletePaths } from '../file-calls.ts';
import { type FilePath, nameOf } from '../file-path.ts';
import { strings } from '../strings.ts';

interface DeleteDialogProps {
  serverId: string;
  folder: FilePath;
  entries: readonly FileEntry[];
  /** Also called when only some of it is gone. */
  onChanged: () => void;
  onDeleted: () => void;
  onClose: () => void;
}

export function DeleteDialog({
  serverId,
  folder,
  entries,
  onChanged,
  onDeleted,
  onClose,
}: DeleteDialogProps) {
  const remove = useMutation({
    mutationFn: () =>
      deletePaths(
        serverId,
        entries.map((entry) => [...folder, nameOf(entry)]),
      ),
    onSettled: onChanged,
  });
  const folders = entries.filter(({ type }) => type === 'folder').length;
  return (
    <ConfirmDialog
      title={strings.deleteTitle(entries.length, entries[0]?.name ?? '')}
      confirmLabel={strings.deleteButton(entries.length)}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted })}
      onClose={onClose}
    >
      {folders > 0 ? strings.deleteWithFolders(folders) : strings.deleteFiles}
    </ConfirmDialog>
  );
}
