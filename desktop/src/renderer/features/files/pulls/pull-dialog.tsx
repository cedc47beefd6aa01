import type { FilePull } from '@catalyst/shared/features/pulls';
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { nameProblem } from '../file-name.ts';
import { type FilePath, pathFields } from '../file-path.ts';
import { pullStrings as strings } from './strings.ts';

interface PullDialogProps {
  serverId: string;
  folder: FilePath;
  onBegun: (pull: FilePull) => void;
  onClose: () => void;
}

const isWebAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

export function PullDialog({ serverId, folder, onBegun, onClose }: PullDialogProps) {
  const [url, setUrl] = useState('');
  const [name, setName] = useState('');
  const [replace, setReplace] = useState(false);
  const [isTried, setTried] = useState(false);
  const address = url.trim();
  const pull = useMutation({
    mutationFn: () =>
      api.pulls.start({
        params: { id: serverId },
        body: { url: address, ...pathFields(folder), ...(name !== '' && { name }), replace },
      }),
    onSuccess: onBegun,
  });
  const nameWrong = name === '' ? undefined : nameProblem(name);
  return (
    <Modal opened onClose={onClose} title={strings.title} size="md">
      <form
        className={dialog.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (isWebAddress(address) && !nameWrong) pull.mutate();
        }}
      >
        <p>{strings.lead}</p>
        <TextInput
          label={strings.url}
          type="url"
          placeholder="https://"
          value={url}
          error={isTried && !isWebAddress(address) ? strings.urlWrong : undefined}
          maxLength={4000}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          onChange={(event) => {
            pull.reset();
            setUrl(event.currentTarget.value);
          }}
        />
        <TextInput
          label={strings.name}
          description={strings.nameHint}
          value={name}
          error={nameWrong}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            pull.reset();
            setName(event.currentTarget.value);
          }}
        />
        <Checkbox
          label={strings.replace}
          checked={replace}
          onChange={(event) => setReplace(event.currentTarget.checked)}
        />
        {pull.error && <Failure title={strings.failed} error={pull.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={pull.isPending}>
            {strings.button}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
