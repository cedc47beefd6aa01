import { notifications } from '@mantine/notifications';
import { useNavigate } from 'react-router';
import { DeleteDialog } from './dialogs/delete-dialog.tsx';
import { MoveDialog } from './dialogs/move-dialog.tsx';
import { NewEntryDialog } from './dialogs/new-entry-dialog.tsx';
import { PermissionsDialog } from './dialogs/permissions-dialog.tsx';
import { type FilePath, nameKey } from './file-path.ts';
import { fileAddress } from './files-address.ts';
import { strings } from './strings.ts';
import type { useFileActions } from './use-file-actions.ts';

interface FolderDialogsProps {
  serverId: string;
  folder: FilePath;
  actions: ReturnType<typeof useFileActions>;
  /** With the key of something new, which is to be seen then. */
  onDone: (key?: string) => void;
}

/** The question that stands open about the files of a folder. */
export function FolderDialogs({ serverId, folder, actions, onDone }: FolderDialogsProps) {
  const navigate = useNavigate();
  const { dialog, setDialog, refresh } = actions;
  if (!dialog) return null;
  const onClose = () => setDialog(undefined);
  const shared = { serverId, folder, onClose };
  const changed = { ...shared, onChanged: () => void refresh() };
  const done = (message: string) => {
    onClose();
    onDone();
    notifications.show({ message });
  };
  if (dialog.kind === 'new') {
    return (
      <NewEntryDialog
        {...shared}
        type={dialog.type}
        onCreated={async (path) => {
          onClose();
          await refresh();
          if (dialog.type === 'file') navigate(fileAddress(serverId, path));
          else onDone(nameKey(path.at(-1) ?? { text: '' }));
        }}
      />
    );
  }
  const { entries } = dialog;
  if (dialog.kind === 'delete') {
    return (
      <DeleteDialog {...changed} entries={entries} onDeleted={() => done(strings.deleted(entries.length))} />
    );
  }
  if (dialog.kind === 'permissions') {
    return (
      <PermissionsDialog
        {...changed}
        entries={entries}
        onSaved={() => done(strings.permissionsSaved(entries.length))}
      />
    );
  }
  return (
    <MoveDialog
      serverId={serverId}
      paths={entries.map(actions.pathOf)}
      onMove={(to) => {
        onClose();
        onDone();
        void actions.moveTo(entries, to);
      }}
      onClose={onClose}
    />
  );
}
