import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../../api/client.ts';
import { issuesByField } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Facts } from '../../../components/facts.tsx';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useRefreshTemplates } from '../use-templates.ts';
import { ReportNotes } from './report-notes.tsx';
import { strings } from './strings.ts';

/** A template from where it is published: looked at first, then imported. The panel fetches it. */
export function WebImportDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const refresh = useRefreshTemplates();
  const [url, setUrl] = useState('');
  const look = useMutation({
    mutationFn: () => api.templates.importUrl({ query: { dryRun: 'true' }, body: { url: url.trim() } }),
  });
  const take = useMutation({
    mutationFn: () => api.templates.importUrl({ query: { dryRun: 'false' }, body: { url: url.trim() } }),
    onSuccess: async ({ template }) => {
      await refresh();
      notifications.show({ message: strings.webImported(template.name) });
      onClose();
      navigate(`/templates/${template.id}`);
    },
  });
  const seen = look.data;
  const error = take.error ?? look.error;
  const { url: urlIssue } = issuesByField(error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (seen) take.mutate();
    else look.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={strings.webTitle} size="lg">
      <form className={dialog.form} noValidate onSubmit={submit}>
        <TextInput
          label={strings.webAddress}
          description={strings.webHint}
          type="url"
          placeholder="https://"
          value={url}
          maxLength={2000}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            look.reset();
            take.reset();
          }}
          error={urlIssue}
          data-autofocus
        />
        {error && !urlIssue && <Failure title={strings.webFailed} error={error} />}
        {seen && (
          <>
            <Facts
              facts={[
                [strings.columns.name, seen.template.name],
                [strings.format, `${seen.report.version}, ${seen.report.encoding.toUpperCase()}`],
              ]}
            />
            <ReportNotes report={seen.report} />
          </>
        )}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" disabled={url.trim() === ''} loading={look.isPending || take.isPending}>
            {seen ? strings.webImport : strings.webLook}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
