import type { Template } from '@catalyst/shared/features/templates';
import { ActionIcon, Button, Menu, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCopy, IconDots, IconDownload, IconPlus, IconRefresh, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode, issuesByField, sentenceOf } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Failure } from '../../components/failure.tsx';
import { saveFile } from '../../components/save-file.ts';
import { strings as shared } from '../../components/strings.ts';
import { useMay } from '../sessions/use-session.ts';
import { ServerLinks } from './server-links.tsx';
import { strings } from './strings.ts';
import { contentOf } from './template-content.ts';
import { UpdateDialog } from './update-dialog.tsx';
import { useCreateTemplate, useDeleteTemplate, useServersOf } from './use-templates.ts';

/** What can be done with a template, and by this person. */
export function TemplateActions({ template }: { template: Template }) {
  const mayCreateServer = useMay('server.create');
  const mayCreate = useMay('template.create');
  const mayDelete = useMay('template.delete') && template.origin !== 'built-in';
  const mayUpdate =
    useMay('template.update') && template.origin === 'imported' && template.updateUrl !== null;
  const [open, setOpen] = useState<'duplicate' | 'update' | 'delete'>();
  const close = () => setOpen(undefined);
  return (
    <>
      {mayCreateServer && (
        <Button component={Link} to={`/servers/new?game=${template.id}`} leftSection={<IconPlus size={16} />}>
          {strings.newServer}
        </Button>
      )}
      {mayCreate && (
        <Button variant="default" leftSection={<IconCopy size={16} />} onClick={() => setOpen('duplicate')}>
          {strings.duplicate}
        </Button>
      )}
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="default" size="var(--control-height)" aria-label={strings.more}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayUpdate && (
            <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => setOpen('update')}>
              {strings.update}…
            </Menu.Item>
          )}
          {(['json', 'yaml'] as const).map((format) => (
            <Menu.Item
              key={format}
              leftSection={<IconDownload size={16} />}
              onClick={() => void exportTemplate(template, format)}
            >
              {strings.exportAs[format]}
            </Menu.Item>
          ))}
          {mayDelete && (
            <>
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setOpen('delete')}>
                {strings.delete}…
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'duplicate' && <DuplicateDialog template={template} onClose={close} />}
      {open === 'update' && <UpdateDialog template={template} onClose={close} />}
      {open === 'delete' && <DeleteDialog template={template} onClose={close} />}
    </>
  );
}

async function exportTemplate({ id }: Template, format: 'json' | 'yaml'): Promise<void> {
  try {
    const response = await api.templates.export({ params: { id }, query: { format } });
    saveFile(`egg-${id}.${format}`, await response.text(), `application/${format}`);
  } catch (error) {
    notifications.show({ color: 'red', title: strings.exportFailed, message: sentenceOf(error) });
  }
}

interface TemplateDialogProps {
  template: Template;
  onClose: () => void;
}

function DuplicateDialog({ template, onClose }: TemplateDialogProps) {
  const navigate = useNavigate();
  const mayUpdate = useMay('template.update');
  const create = useCreateTemplate();
  const [name, setName] = useState(strings.copyOf(template.name));
  const { name: nameIssue, ...otherIssues } = issuesByField(create.error);
  const isOfName = hasCode(create.error, 'invalid_input') && nameIssue && !Object.keys(otherIssues).length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { ...contentOf(template), name: name.trim() },
      {
        onSuccess: (made) => {
          notifications.show({ message: strings.duplicated(made.name) });
          onClose();
          navigate(`/templates/${made.id}${mayUpdate ? '/edit' : ''}`);
        },
      },
    );
  };
  return (
    <Modal opened onClose={onClose} title={strings.duplicateTitle(template.name)}>
      <form className={dialog.form} noValidate onSubmit={submit}>
        <p>{strings.duplicateText}</p>
        {template.origin === 'imported' && <p>{strings.duplicateFile}</p>}
        <TextInput
          label={strings.name}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
          error={nameIssue}
          data-autofocus
        />
        {create.error && !isOfName && <Failure title={strings.duplicateFailed} error={create.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            {strings.duplicate}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function DeleteDialog({ template, onClose }: TemplateDialogProps) {
  const navigate = useNavigate();
  const remove = useDeleteTemplate(template.id);
  const servers = useServersOf(template.id);
  if (servers.length > 0) {
    return (
      <Modal opened onClose={onClose} title={strings.deleteTitle(template.name)}>
        <div className={dialog.form}>
          <p>{strings.deleteHas(servers.length)}</p>
          <ServerLinks servers={servers} />
          <div className={dialog.buttons}>
            <Button variant="default" onClick={onClose}>
              {shared.close}
            </Button>
          </div>
        </div>
      </Modal>
    );
  }
  return (
    <ConfirmDialog
      title={strings.deleteTitle(template.name)}
      confirmLabel={strings.delete}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            notifications.show({ message: strings.deleted(template.name) });
            navigate('/templates');
          },
        })
      }
    >
      {strings.deleteText}
    </ConfirmDialog>
  );
}
