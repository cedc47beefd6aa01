import type { PortPool } from '@catalyst/shared/features/port-pools';
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect } from 'react';
import { issuesByField } from '../../../api/errors.ts';
import dialog from '../../../components/confirm-dialog.module.css';
import { Failure } from '../../../components/failure.tsx';
import { strings as shared } from '../../../components/strings.ts';
import classes from '../node-networks.module.css';
import { firstOfLists, portPoolBody, portPoolFormOf, portPoolIssues } from './pool-form.ts';
import { poolStrings as strings } from './strings.ts';
import { useSavePortPool } from './use-pools.ts';

interface PortPoolDialogProps {
  nodeId: string;
  /** The pool to edit; new ones without it. */
  pool?: PortPool;
  onClose: () => void;
}

/** Pools of ports by ranges, new ones on several addresses at once. */
export function PortPoolDialog({ nodeId, pool, onClose }: PortPoolDialogProps) {
  const { mutate, error, isPending } = useSavePortPool(nodeId, pool?.id);
  const form = useForm({
    initialValues: portPoolFormOf(pool),
    validate: (values) => portPoolIssues(values, { isOne: pool !== undefined }),
    validateInputOnBlur: true,
  });
  const issues = fieldIssues(error);
  useEffect(() => form.setErrors(fieldIssues(error)), [error, form.setErrors]);
  const technical = { spellCheck: false, autoCapitalize: 'none' } as const;
  return (
    <Modal opened onClose={onClose} title={pool ? strings.editPortPool : strings.newPortPool}>
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          const body = portPoolBody(values);
          const { ips, ...rest } = body;
          mutate(pool ? { ...rest, ip: ips[0] } : body, { onSuccess: onClose });
        })}
      >
        <TextInput
          label={strings.ports}
          description={strings.portsHint}
          placeholder="25565-25600, 27015"
          data-autofocus
          {...technical}
          {...form.getInputProps('ports')}
        />
        <TextInput
          label={pool ? strings.ip : strings.ips}
          description={pool ? strings.ipHint : strings.ipsHint}
          {...technical}
          {...form.getInputProps('ips')}
        />
        <TextInput
          label={strings.alias}
          description={strings.aliasHint}
          placeholder="play.example.org"
          {...technical}
          {...form.getInputProps('alias')}
        />
        <Textarea label={strings.notes} autosize maxRows={6} {...form.getInputProps('notes')} />
        {pool && <p className={classes.none}>{strings.keepsPorts}</p>}
        {error && Object.keys(issues).length === 0 && <Failure title={strings.saveFailed} error={error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {pool ? strings.save : strings.addPortPool}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** An edited pool has one address, in the field of new ones' several. */
function fieldIssues(error: unknown): Record<string, string> {
  const { ip, ...issues } = firstOfLists(issuesByField(error), ['ips']);
  return ip === undefined ? issues : { ...issues, ips: ip };
}
