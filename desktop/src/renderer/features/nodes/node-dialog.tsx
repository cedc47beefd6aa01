import { NewNode, type Node } from '@catalyst/shared/features/nodes';
import { Button, Modal, NumberInput, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import classes from './node-dialog.module.css';
import { strings } from './strings.ts';
import { useCreateNode, useUpdateNode } from './use-nodes.ts';

interface NodeDialogProps {
  /** The node to edit; a new one without it. */
  node?: Node;
  onClose: () => void;
  onSaved: (node: Node) => void;
}

/** Name, address and limits of a node. */
export function NodeDialog({ node, onClose, onSaved }: NodeDialogProps) {
  const create = useCreateNode();
  const update = useUpdateNode(node?.id ?? '');
  const mutation = node ? update : create;
  const form = useForm({
    initialValues: {
      name: node?.name ?? '',
      publicAddress: node?.publicAddress ?? '',
      maxMemoryMb: node?.maxMemoryMb ?? null,
      maxCpuCores: node?.maxCpuCores ?? null,
    },
    validate: validateWith(NewNode),
    validateInputOnBlur: true,
  });
  const { error } = mutation;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  const amount = (value: string | number) => (value === '' ? null : Number(value));
  return (
    <Modal opened onClose={onClose} title={node ? strings.editTitle(node.name) : strings.newTitle}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) => mutation.mutate(values, { onSuccess: onSaved }))}
      >
        <TextInput
          label={strings.name}
          description={strings.nameHint}
          maxLength={60}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput
          label={strings.address}
          description={strings.addressHint}
          spellCheck={false}
          autoCapitalize="none"
          {...form.getInputProps('publicAddress')}
        />
        <div className={classes.pair}>
          <NumberInput
            label={strings.maxMemory}
            description={strings.maxMemoryHint}
            suffix=" GiB"
            min={0}
            decimalScale={2}
            value={form.values.maxMemoryMb === null ? '' : form.values.maxMemoryMb / 1024}
            error={form.errors.maxMemoryMb}
            onChange={(value) => {
              const gibibytes = amount(value);
              form.setFieldValue('maxMemoryMb', gibibytes === null ? null : Math.round(gibibytes * 1024));
            }}
          />
          <NumberInput
            label={strings.maxCores}
            description={strings.maxMemoryHint}
            min={0}
            decimalScale={2}
            value={form.values.maxCpuCores ?? ''}
            error={form.errors.maxCpuCores}
            onChange={(value) => form.setFieldValue('maxCpuCores', amount(value))}
          />
        </div>
        {error && !hasCode(error, 'invalid_input') && <Failure title={strings.saveFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={mutation.isPending}>
            {node ? strings.save : strings.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
