import { imageRoutes } from '@catalyst/shared/features/images';
import type { Node } from '@catalyst/shared/features/nodes';
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { issuesByField } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { validateWith } from '../../../components/form-validation.ts';
import { strings as shared } from '../../../components/strings.ts';
import { strings } from './strings.ts';
import { usePullImage } from './use-images.ts';

/** Which image to fetch; how far it is can be seen on the page. */
export function PullDialog({ node, onClose }: { node: Node; onClose: () => void }) {
  const pull = usePullImage(node.id);
  const form = useForm({
    initialValues: { reference: '', refresh: false },
    validate: validateWith(imageRoutes.pull.schema.body),
  });
  const { error } = pull;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  return (
    <Modal opened onClose={onClose} title={strings.pullTitle(node.name)}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit(({ reference, refresh }) =>
          pull.mutate({ reference: reference.trim(), refresh }, { onSuccess: onClose }),
        )}
      >
        <TextInput
          label={strings.reference}
          description={strings.referenceHint}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          maxLength={500}
          data-autofocus
          {...form.getInputProps('reference')}
        />
        <Checkbox
          label={strings.refresh}
          description={strings.refreshHint}
          {...form.getInputProps('refresh', { type: 'checkbox' })}
        />
        {error && <Failure title={strings.pullRefused} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={pull.isPending}>
            {strings.pullAction}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
