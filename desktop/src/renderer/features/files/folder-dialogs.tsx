import { Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate } from 'react-router';
import { CompressDialog } from './archives/compress-dialog.tsx';
import { ExtractDialog } from './archives/extract-dialog.tsx';
import { DeleteDialog } from './dialogs/delete-dialog.tsx';
import { MoveDialog } from './dialogs/move-dialog.tsx';
import { NewEntryDialog } from './dialogs/new-entry-dialog.tsx';
import { PermissionsDialog } from './dialogs/permissions-dialog.tsx';
import { type FilePath, nameKey } from './file-path.ts';
import { fileAddress } from './files-address.ts';
import { PullDialog } from './pulls/pull-dialog.tsx';
import { SearchDialog } from './search/search-dialog.tsx';
import { SftpCard } from './sftp-card.tsx';
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
  if (dialog.kind === 'search') return <SearchDialog {...shared} />;
  if (dialog.kind === 'sftp') {
    return (
      <Modal opened onClose={onClose} title={strings.sftp} size="lg">
        <SftpCard serverId={serverId} />
      </Modal>
    );
  }
  if (dialog.kind === 'pull') {
    return (
      <PullDialog
        {...shared}
        onBegun={(begun) => {
          onClose();
          void actions.followPull(begun, folder);
        }}
      />
    );
  }
  if (dialog.kind === 'extract') {
    const path = actions.pathOf(dialog.entry);
    return (
      <ExtractDialog
        {...shared}
        path={path}
        onBegun={(begun, into) => {
          onClose();
          void actions.follow({ begun, name: dialog.entry.name, folder: into });
        }}
      />
    );
  }
  const { entries } = dialog;
  if (dialog.kind === 'compress') {
    return (
      <CompressDialog
        {...shared}
        paths={entries.map(actions.pathOf)}
        onBegun={(begun, name) => {
          onClose();
          void actions.follow({ begun, name, folder });
        }}
      />
    );
  }
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
