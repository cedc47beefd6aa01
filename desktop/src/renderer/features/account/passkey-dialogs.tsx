import { factorRoutes, type Passkey } from '@catalyst/shared/features/factors';
import { Button, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import { deviceName } from './device-name.ts';
import { strings } from './strings.ts';
import { useAddPasskey, useRenamePasskey } from './use-factors.ts';

export function AddPasskeyDialog({ onClose }: { onClose: () => void }) {
  const add = useAddPasskey();
  return (
    <NameDialog
      title={strings.addTitle}
      text={strings.addText}
      name={deviceName(navigator.userAgent)}
      label={strings.add}
      failed={strings.addFailed}
      isBusy={add.isPending}
      error={add.error}
      onClose={onClose}
      onName={(name) =>
        add.mutate(name, {
          onSuccess: (passkey) => {
            notifications.show({ message: strings.added(passkey.name) });
            onClose();
          },
        })
      }
    />
  );
}

export function RenamePasskeyDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const rename = useRenamePasskey(passkey.id);
  return (
    <NameDialog
      title={strings.renameTitle}
      name={passkey.name}
      label={strings.renameAction}
      failed={strings.renameFailed}
      isBusy={rename.isPending}
      error={rename.error}
      onClose={onClose}
      onName={(name) => rename.mutate(name, { onSuccess: onClose })}
    />
  );
}

interface NameDialogProps {
  title: string;
  text?: string;
  name: string;
  /** A verb. */
  label: string;
  failed: string;
  isBusy: boolean;
  error: unknown;
  onName: (name: string) => void;
  onClose: () => void;
}

function NameDialog(props: NameDialogProps) {
  const form = useForm({
    initialValues: { name: props.name },
    validate: validateWith(factorRoutes.renamePasskey.schema.body),
  });
  return (
    <Modal opened onClose={props.onClose} title={props.title}>
      <form className={dialog.form} noValidate onSubmit={form.onSubmit(({ name }) => props.onName(name))}>
        {props.text && <p>{props.text}</p>}
        <TextInput
          label={strings.passkeyName}
          autoComplete="off"
          maxLength={60}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {props.error ? <Failure title={props.failed} error={props.error} /> : null}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={props.onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={props.isBusy}>
            {props.label}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
