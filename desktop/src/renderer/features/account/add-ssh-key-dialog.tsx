import { NewSshKey } from '@catalyst/shared/features/sftp';
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import { strings } from './strings.ts';
import { useAddSshKey } from './use-ssh-keys.ts';

interface Values {
  publicKey: string;
  name: string;
}

const toBody = ({ publicKey, name }: Values) => ({ publicKey, ...(name.trim() !== '' && { name }) });

export function AddSshKeyDialog({ onClose }: { onClose: () => void }) {
  const add = useAddSshKey();
  const form = useForm<Values>({
    initialValues: { publicKey: '', name: '' },
    validate: (values) => validateWith(NewSshKey)(toBody(values)),
  });
  const issues = issuesByField(add.error);
  useEffect(() => form.setErrors(issuesByField(add.error)), [add.error, form.setErrors]);
  const save = (values: Values) =>
    add.mutate(toBody(values), {
      onSuccess: ({ name }) => {
        notifications.show({ message: strings.sshKeyAdded(name) });
        onClose();
      },
    });
  return (
    <Modal opened onClose={onClose} title={strings.addSshKey}>
      <form className={dialog.form} noValidate onSubmit={form.onSubmit(save)}>
        <Textarea
          label={strings.publicKey}
          description={strings.publicKeyHint}
          placeholder="ssh-ed25519 AAAA…"
          autosize
          minRows={3}
          maxRows={8}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('publicKey')}
        />
        <TextInput
          label={strings.sshKeyName}
          description={strings.sshKeyNameHint}
          autoComplete="off"
          maxLength={60}
          {...form.getInputProps('name')}
        />
        {add.error && Object.keys(issues).length === 0 ? (
          <Failure title={strings.sshKeyNotAdded} error={add.error} />
        ) : null}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {strings.add}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
