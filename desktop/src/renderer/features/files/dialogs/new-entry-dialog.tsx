import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { hasCode } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { nameProblem } from '../file-name.ts';
import { type FilePath, pathFields } from '../file-path.ts';
import { strings } from '../strings.ts';

interface NewEntryDialogProps {
  serverId: string;
  folder: FilePath;
  type: 'file' | 'folder';
  onCreated: (path: FilePath) => void;
  onClose: () => void;
}

export function NewEntryDialog({ serverId, folder, type, onCreated, onClose }: NewEntryDialogProps) {
  const [name, setName] = useState('');
  const [isTried, setTried] = useState(false);
  const create = useMutation({
    mutationFn: (path: FilePath) =>
      api.files.create({ params: { id: serverId }, body: { ...pathFields(path), type } }),
  });
  const isTaken = hasCode(create.error, 'conflict');
  const problem = isTaken ? strings.nameTaken : isTried ? nameProblem(name) : undefined;
  return (
    <Modal opened onClose={onClose} title={type === 'file' ? strings.newFile : strings.newFolder} size="sm">
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (nameProblem(name)) return;
          const path = [...folder, { text: name }];
          create.mutate(path, { onSuccess: () => onCreated(path) });
        }}
      >
        <TextInput
          label={strings.name}
          value={name}
          error={problem}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            create.reset();
            setName(event.currentTarget.value);
          }}
        />
        {create.error && !isTaken && <Failure title={strings.createFailed} error={create.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {strings.createButton}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
