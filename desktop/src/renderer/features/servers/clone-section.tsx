import type { Server } from '@catalyst/shared/features/servers';
import { ServerName } from '@catalyst/shared/features/servers';
import { Button, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { issuesByField } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Section } from '../../components/section.tsx';
import { useNodes } from '../nodes/use-nodes.ts';
import { useMay, useUser } from '../sessions/use-session.ts';
import { cloneStrings as strings } from './clone-strings.ts';
import classes from './danger-zone.module.css';
import { mayOnServer } from './power.ts';
import { useCloneServer } from './use-clone-server.ts';

/** Makes another server like this one. */
export function CloneSection({ server }: { server: Server }) {
  const [isAsked, setIsAsked] = useState(false);
  const mayCreate = useMay('server.create');
  const isHeldBack = server.suspendedAt !== null && !mayOnServer(server, 'server.suspend');
  if (!mayCreate || isHeldBack) return null;
  return (
    <Section id="clone" title={strings.clone}>
      <div className={classes.row}>
        <div className={classes.text}>
          <p className={classes.hint}>{strings.hint}</p>
        </div>
        <Button variant="default" onClick={() => setIsAsked(true)}>
          {strings.clone}…
        </Button>
      </div>
      {isAsked && <CloneDialog server={server} onClose={() => setIsAsked(false)} />}
    </Section>
  );
}

function CloneDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const navigate = useNavigate();
  const user = useUser();
  const [name, setName] = useState(strings.nameOfCopy(server.name).slice(0, 100));
  const [nodeId, setNodeId] = useState(server.node.id);
  const { nodes = [] } = useNodes();
  const clone = useCloneServer(server.id);
  const issues = issuesByField(clone.error);
  const options = nodes.filter(({ id, status }) => status === 'online' || id === server.node.id);
  return (
    <ConfirmDialog
      title={strings.title(server.name)}
      confirmLabel={strings.clone}
      isHarmless
      isBlocked={!ServerName.safeParse(name).success}
      isBusy={clone.isPending}
      error={clone.error}
      onClose={onClose}
      onConfirm={() =>
        clone.mutate(
          { name: name.trim(), ...(nodeId !== server.node.id && { nodeId }) },
          {
            onSuccess: (made) => {
              notifications.show({ message: strings.cloned(made.name) });
              navigate(`/servers/${made.id}`);
            },
          },
        )
      }
    >
      <p>{strings.text}</p>
      {server.owner.id !== user.id && <p>{strings.hidden}</p>}
      <TextInput
        label={strings.name}
        value={name}
        maxLength={100}
        error={issues.name}
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
          clone.reset();
        }}
      />
      {options.length > 1 && (
        <Select
          label={strings.node}
          data={options.map((node) => ({ value: node.id, label: node.name }))}
          value={nodeId}
          error={issues.nodeId}
          onChange={(id) => id && setNodeId(id)}
        />
      )}
    </ConfirmDialog>
  );
}
