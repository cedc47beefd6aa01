import type { NetworkKind, NodeNetwork } from '@catalyst/shared/features/networks';
import { Button, Modal, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { strings as shared } from '../../components/strings.ts';
import { networkBody, networkFormOf, networkIssues } from './network-form.ts';
import { networkStrings as strings } from './network-strings.ts';
import nodeDialog from './node-dialog.module.css';
import classes from './node-networks.module.css';
import { useCreateNetwork, useUpdateNetwork } from './use-node-networks.ts';

interface NodeNetworkDialogProps {
  nodeId: string;
  /** The network to edit; a new one without it. */
  network?: NodeNetwork;
  onClose: () => void;
}

/** A network of a node: its name and kind once, the rest also later. */
export function NodeNetworkDialog({ nodeId, network, onClose }: NodeNetworkDialogProps) {
  const create = useCreateNetwork(nodeId);
  const update = useUpdateNetwork(nodeId, network?.id ?? '');
  const { error, isPending } = network ? update : create;
  const form = useForm({
    initialValues: networkFormOf(network),
    validate: networkIssues,
    validateInputOnBlur: true,
  });
  const { kind } = form.values;
  useEffect(() => form.setErrors(issuesByField(error)), [error, form.setErrors]);
  const technical = { spellCheck: false, autoCapitalize: 'none' } as const;
  const isAtField = hasCode(error, 'invalid_input') || Object.keys(issuesByField(error)).length > 0;
  return (
    <Modal opened onClose={onClose} title={network ? strings.editTitle(network.name) : strings.newTitle}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          const { name, kind: _kind, ...changes } = networkBody(values);
          if (network) update.mutate(changes, { onSuccess: onClose });
          else create.mutate(networkBody(values), { onSuccess: onClose });
        })}
      >
        {!network && (
          <>
            <TextInput
              label={strings.name}
              description={strings.nameHint}
              maxLength={31}
              data-autofocus
              {...technical}
              {...form.getInputProps('name')}
            />
            <div>
              <SegmentedControl
                fullWidth
                aria-label={strings.kind}
                data={Object.entries(strings.kinds).map(([value, label]) => ({ value, label }))}
                value={kind}
                onChange={(chosen) => {
                  form.clearErrors();
                  form.setFieldValue('kind', chosen as NetworkKind);
                }}
              />
              <p className={classes.kindHint}>{strings.kindHints[kind]}</p>
            </div>
          </>
        )}
        {kind === 'cni' ? (
          <Textarea
            className={classes.plugins}
            label={strings.plugins}
            description={strings.pluginsHint}
            autosize
            minRows={6}
            maxRows={16}
            {...technical}
            {...form.getInputProps('plugins')}
          />
        ) : (
          <>
            <TextInput
              label={strings.parent}
              description={strings.parentHint}
              maxLength={15}
              {...technical}
              {...form.getInputProps('parent')}
            />
            <div className={nodeDialog.pair}>
              <TextInput
                label={strings.subnet}
                description={strings.subnetHint}
                placeholder="192.168.1.0/24"
                {...technical}
                {...form.getInputProps('subnet')}
              />
              <TextInput
                label={strings.gateway}
                description={strings.gatewayHint}
                placeholder="192.168.1.1"
                {...technical}
                {...form.getInputProps('gateway')}
              />
            </div>
          </>
        )}
        {network && network.serverCount > 0 && <p className={classes.none}>{strings.nextStart}</p>}
        {error && !isAtField && <Failure title={strings.saveFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {network ? strings.save : strings.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
