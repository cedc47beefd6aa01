import type { IpPool } from '@catalyst/shared/features/ip-pools';
import type { NodeNetwork } from '@catalyst/shared/features/networks';
import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { issuesByField } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import nodeDialog from '../node-dialog.module.css';
import classes from '../node-networks.module.css';
import { firstOfLists, ipPoolBody, ipPoolFormOf, ipPoolIssues } from './pool-form.ts';
import { poolStrings as strings } from './strings.ts';
import { useCreateIpPool, useUpdateIpPool } from './use-pools.ts';

interface IpPoolDialogProps {
  nodeId: string;
  /** Those that can have pools. */
  networks: readonly NodeNetwork[];
  /** The pool to edit; a new one without it. */
  pool?: IpPool;
  onClose: () => void;
}

/** A pool of addresses: its network once, the rest also later. */
export function IpPoolDialog({ nodeId, networks, pool, onClose }: IpPoolDialogProps) {
  const create = useCreateIpPool(nodeId);
  const update = useUpdateIpPool(nodeId, pool?.id ?? '');
  const { error, isPending } = pool ? update : create;
  const form = useForm({
    initialValues: ipPoolFormOf(pool, networks),
    validate: (values) => ipPoolIssues(values, nodeId),
    validateInputOnBlur: true,
  });
  const issues = firstOfLists(issuesByField(error), ['reserved']);
  useEffect(() => form.setErrors(firstOfLists(issuesByField(error), ['reserved'])), [error, form.setErrors]);
  const technical = { spellCheck: false, autoCapitalize: 'none' } as const;
  return (
    <Modal opened onClose={onClose} title={pool ? strings.editIpPool(pool.cidr) : strings.newIpPool}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          const body = ipPoolBody(values, nodeId);
          const { nodeId: _nodeId, networkName: _networkName, ...changes } = body;
          if (pool) update.mutate(changes, { onSuccess: onClose });
          else create.mutate(body, { onSuccess: onClose });
        })}
      >
        {!pool && (
          <Select
            label={strings.network}
            data={networks.map(({ name, subnet }) => ({ value: name, label: `${name} (${subnet})` }))}
            allowDeselect={false}
            {...form.getInputProps('networkName')}
            onChange={(name) => {
              form.clearErrors();
              form.setFieldValue('networkName', name ?? '');
              form.setFieldValue('cidr', networks.find((one) => one.name === name)?.subnet ?? '');
            }}
          />
        )}
        <TextInput
          label={strings.cidr}
          placeholder="192.168.1.0/24"
          {...technical}
          {...form.getInputProps('cidr')}
        />
        <div className={nodeDialog.pair}>
          <TextInput
            label={strings.startIp}
            description={strings.startIpHint}
            {...technical}
            {...form.getInputProps('startIp')}
          />
          <TextInput
            label={strings.endIp}
            description={strings.endIpHint}
            {...technical}
            {...form.getInputProps('endIp')}
          />
        </div>
        <Textarea
          label={strings.reserved}
          description={strings.reservedHint}
          autosize
          maxRows={6}
          {...technical}
          {...form.getInputProps('reserved')}
        />
        {pool && <p className={classes.none}>{strings.keepsAddresses}</p>}
        {error && Object.keys(issues).length === 0 && <Failure title={strings.saveFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {pool ? strings.save : strings.addIpPool}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
