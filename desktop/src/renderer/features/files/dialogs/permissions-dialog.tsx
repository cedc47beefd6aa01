import type { FileEntry } from '@catalyst/shared/features/files';
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { type FilePath, nameOf, pathFields } from '../file-path.ts';
import {
  hasBit,
  modeOctal,
  permissionBits,
  permissionClasses,
  readMode,
  withBit,
} from '../permission-bits.ts';
import { strings } from '../strings.ts';
import classes from './permissions-dialog.module.css';

interface PermissionsDialogProps {
  serverId: string;
  folder: FilePath;
  entries: readonly FileEntry[];
  onChanged: () => void;
  onSaved: () => void;
  onClose: () => void;
}

/** The bits as boxes and as a number; what is changed in one shows in the other. */
export function PermissionsDialog(props: PermissionsDialogProps) {
  const { serverId, folder, entries, onChanged, onSaved, onClose } = props;
  const [octal, setOctal] = useState(() => modeOctal(readMode(entries[0]?.mode ?? '') ?? 0));
  const mode = readMode(octal);
  const isMixed = new Set(entries.map((entry) => entry.mode)).size > 1;
  const save = useMutation({
    mutationFn: async (wanted: string) => {
      for (const entry of entries) {
        const path = pathFields([...folder, nameOf(entry)]);
        await api.files.chmod({ params: { id: serverId }, body: { ...path, mode: wanted } });
      }
    },
    onSettled: onChanged,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={strings.permissionsTitle(entries.length, entries[0]?.name ?? '')}
      size="sm"
    >
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (mode !== null) save.mutate(octal, { onSuccess: onSaved });
        }}
      >
        {isMixed && <p>{strings.permissionsMixed}</p>}
        <table className={classes.bits}>
          <thead>
            <tr>
              <td />
              {permissionBits.map((bit) => (
                <th key={bit} scope="col">
                  {strings.bits[bit]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {permissionClasses.map((who) => (
              <tr key={who}>
                <th scope="row">{strings.classes[who]}</th>
                {permissionBits.map((bit) => (
                  <td key={bit}>
                    <Checkbox
                      size="sm"
                      aria-label={strings.bitOf(strings.bits[bit], strings.classes[who])}
                      disabled={mode === null}
                      checked={mode !== null && hasBit(mode, who, bit)}
                      onChange={(event) =>
                        setOctal(modeOctal(withBit(mode ?? 0, who, bit, event.currentTarget.checked)))
                      }
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        <TextInput
          className={classes.octal}
          label={strings.octal}
          value={octal}
          error={mode === null ? strings.octalWrong : undefined}
          maxLength={4}
          inputMode="numeric"
          onChange={(event) => setOctal(event.currentTarget.value)}
        />
        {save.error && <Failure title={shared.requestFailedToDo} error={save.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" disabled={mode === null} loading={save.isPending}>
            {strings.permissionsSave}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
