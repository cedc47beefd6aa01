import type { FileTask } from '@catalyst/shared/features/archives-link';
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { type FilePath, pathFields, readPath, shownPath, targetFields } from '../file-path.ts';
import { archiveStem } from './archive-name.ts';
import { archiveStrings as strings } from './strings.ts';

interface ExtractDialogProps {
  serverId: string;
  path: FilePath;
  onBegun: (task: FileTask, folder: FilePath) => void;
  onClose: () => void;
}

export function ExtractDialog({ serverId, path, onBegun, onClose }: ExtractDialogProps) {
  const name = path.at(-1)?.text ?? '';
  const [text, setText] = useState(() => shownPath([...path.slice(0, -1), { text: archiveStem(name) }]));
  const [replace, setReplace] = useState(false);
  const folder = readPath({ path: text });
  const extract = useMutation({
    mutationFn: () =>
      api.archives.decompress({
        params: { id: serverId },
        body: { ...pathFields(path), ...targetFields(folder), replace },
      }),
    onSuccess: (task) => onBegun(task, folder),
  });
  return (
    <Modal opened onClose={onClose} title={strings.extractTitle(name)} size="md">
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          extract.mutate();
        }}
      >
        <TextInput
          label={strings.extractTo}
          description={strings.extractHint}
          value={text}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            extract.reset();
            setText(event.currentTarget.value);
          }}
        />
        <Checkbox
          label={strings.replace}
          checked={replace}
          onChange={(event) => setReplace(event.currentTarget.checked)}
        />
        {extract.error && <Failure title={strings.extractFailed} error={extract.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={extract.isPending}>
            {strings.extractButton}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
