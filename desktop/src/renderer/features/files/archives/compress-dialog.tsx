import type { ArchiveFormat, FileTask } from '@catalyst/shared/features/archives-link';
import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import { hasCode } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { nameProblem } from '../file-name.ts';
import { type FilePath, pathsFields, targetFields } from '../file-path.ts';
import { strings as fileStrings } from '../strings.ts';
import { archiveFormats, newArchiveStem } from './archive-name.ts';
import { archiveStrings as strings } from './strings.ts';

interface CompressDialogProps {
  serverId: string;
  /** The one that all of the paths are in. */
  folder: FilePath;
  paths: readonly FilePath[];
  onBegun: (task: FileTask, name: string) => void;
  onClose: () => void;
}

export function CompressDialog({ serverId, folder, paths, onBegun, onClose }: CompressDialogProps) {
  const names = paths.map((path) => path.at(-1)?.text ?? '');
  const [stem, setStem] = useState(() => newArchiveStem(names, folder.at(-1)?.text ?? ''));
  const [format, setFormat] = useState<ArchiveFormat>('zip');
  const [replace, setReplace] = useState(false);
  const name = `${stem}.${format}`;
  const compress = useMutation({
    mutationFn: () => {
      const to = targetFields([...folder, { text: name }]);
      return api.archives.compress({
        params: { id: serverId },
        body: { ...pathsFields(paths), ...to, format, replace },
      });
    },
    onSuccess: (task) => onBegun(task, name),
  });
  const isTaken = hasCode(compress.error, 'conflict');
  const problem = isTaken ? fileStrings.nameTaken : stem === '' ? fileStrings.nameEmpty : nameProblem(name);
  return (
    <Modal opened onClose={onClose} title={strings.compressTitle(paths.length, names[0] ?? '')} size="sm">
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isTaken || !problem) compress.mutate();
        }}
      >
        <TextInput
          label={strings.name}
          value={stem}
          error={problem}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            compress.reset();
            setStem(event.currentTarget.value);
          }}
        />
        <Select
          label={strings.format}
          data={archiveFormats}
          value={format}
          allowDeselect={false}
          onChange={(chosen) => {
            compress.reset();
            if (chosen) setFormat(chosen as ArchiveFormat);
          }}
        />
        <Checkbox
          label={strings.replace}
          checked={replace}
          onChange={(event) => {
            compress.reset();
            setReplace(event.currentTarget.checked);
          }}
        />
        {compress.error && !isTaken && <Failure title={strings.compressFailed} error={compress.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={compress.isPending}>
            {strings.compressButton}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
