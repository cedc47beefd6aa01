import { AppError } from '@catalyst/shared/contract/errors';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { statPath } from '../file-calls.ts';
import { type FilePath, isInside, pathKey, readPath, shownPath } from '../file-path.ts';
import { strings } from '../strings.ts';

interface MoveDialogProps {
  /** All in one folder. */
  paths: readonly FilePath[];
  serverId: string;
  onMove: (folder: FilePath) => void;
  onClose: () => void;
}

/** Asks where to; the moving itself goes on without the dialog, as it may ask more. */
export function MoveDialog({ paths, serverId, onMove, onClose }: MoveDialogProps) {
  const from = paths[0]?.slice(0, -1) ?? [];
  const [text, setText] = useState(() => shownPath(from));
  const target = readPath({ path: text });
  const look = useMutation({
    mutationFn: async (folder: FilePath) => {
      if (folder.length === 0) return;
      const stats = await statPath(serverId, folder);
      if (stats?.type === 'folder' || stats?.leadsTo === 'folder') return;
      throw new AppError('not_found', strings.moveNoFolder(shownPath(folder)));
    },
  });
  const isThere = pathKey(target) === pathKey(from);
  const isIntoItself = paths.some((path) => isInside(target, path));
  return (
    <Modal
      opened
      onClose={onClose}
      title={strings.moveTitle(paths.length, paths[0]?.at(-1)?.text ?? '')}
      size="md"
    >
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isThere && !isIntoItself) look.mutate(target, { onSuccess: () => onMove(target) });
        }}
      >
        <TextInput
          label={strings.moveTo}
          description={strings.moveHint}
          value={text}
          error={isIntoItself ? strings.moveInto : undefined}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            look.reset();
            setText(event.currentTarget.value);
          }}
        />
        {look.error && <Failure title={shared.requestFailedToDo} error={look.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" disabled={isThere || isIntoItself} loading={look.isPending}>
            {strings.moveButton}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
