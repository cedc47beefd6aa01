import { ActionIcon, Button, Popover } from '@mantine/core';
import { IconCheck, IconStack2, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ProgressBar } from '../../components/usage-bar.tsx';
import { mayOnServer } from '../servers/power.ts';
import { usePower } from '../servers/use-power.ts';
import { useServerList } from '../servers/use-servers.ts';
import { clearFinished, type LocalOperation, useLocalOperations } from './local-operations.ts';
import classes from './operations-menu.module.css';
import { type ServerOperation, serverOperations } from './server-operations.ts';
import { strings } from './strings.ts';

/** The one place for everything long: what runs, how far it is, how it ended. */
export function OperationsMenu() {
  const [isOpen, setOpen] = useState(false);
  const { servers = [] } = useServerList();
  const local = useLocalOperations();
  const onServers = serverOperations(servers);
  const running = onServers.length + local.filter(({ status }) => status === 'running').length;
  const label = running > 0 ? strings.running(running) : strings.title;
  const close = () => setOpen(false);
  return (
    <Popover
      position="bottom-end"
      width={340}
      opened={isOpen}
      onChange={setOpen}
      trapFocus
      returnFocus
      withOverlay
      overlayProps={{ backgroundOpacity: 0, zIndex: 299 }}
    >
      <Popover.Target>
        <ActionIcon
          className={classes.button}
          aria-label={label}
          title={label}
          data-running={running > 0 || undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <IconStack2 size={18} stroke={1.6} />
          {running > 0 && (
            <span className={classes.count} aria-hidden>
              {running > 99 ? '99+' : running}
            </span>
          )}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.head}>
          <h2 className={classes.title}>{strings.title}</h2>
          {local.some(({ status }) => status !== 'running') && (
            <Button variant="subtle" size="xs" onClick={clearFinished}>
              {strings.clear}
            </Button>
          )}
        </div>
        {running + local.length === 0 && <p className={classes.none}>{strings.none}</p>}
        <ul className={classes.list}>
          {onServers.map((operation) => (
            <ServerRow key={operation.server.id} operation={operation} onLeave={close} />
          ))}
          {local.map((operation) => (
            <LocalRow key={operation.id} operation={operation} onLeave={close} />
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function ServerRow({ operation, onLeave }: { operation: ServerOperation; onLeave: () => void }) {
  const { server, title, detail, progress } = operation;
  const power = usePower();
  const mayCancel = server.state === 'installing' && mayOnServer(server, 'server.kill');
  return (
    <li className={classes.row}>
      <span className={classes.spinner} aria-hidden />
      <div className={classes.text}>
        <Link to={`/servers/${server.id}`} className={classes.name} onClick={onLeave}>
          {title}
        </Link>
        {detail && <p className={classes.detail}>{detail}</p>}
        {progress !== null && <ProgressBar label={title} fraction={progress} />}
      </div>
      {mayCancel && (
        <Button
          variant="default"
          size="xs"
          aria-label={strings.cancelOf(server.name)}
          loading={power.isPending}
          onClick={() => power.mutate({ server, action: 'kill' })}
        >
          {strings.cancel}
        </Button>
      )}
    </li>
  );
}

function LocalRow({ operation, onLeave }: { operation: LocalOperation; onLeave: () => void }) {
  const { title, status, detail, path, progress = null, cancel } = operation;
  const isRunning = status === 'running';
  return (
    <li className={classes.row}>
      {isRunning && <span className={classes.spinner} aria-hidden />}
      {status === 'succeeded' && <IconCheck size={16} className={classes.succeeded} aria-hidden />}
      {status === 'failed' && <IconX size={16} className={classes.failed} aria-hidden />}
      <div className={classes.text}>
        {path ? (
          <Link to={path} className={classes.name} onClick={onLeave}>
            {title}
          </Link>
        ) : (
          <span className={classes.name}>{title}</span>
        )}
        {detail && <p className={classes.detail}>{detail}</p>}
        {isRunning && progress !== null && <ProgressBar label={title} fraction={progress} />}
      </div>
      {isRunning && cancel && (
        <Button variant="default" size="xs" aria-label={strings.stopOf(title)} onClick={cancel}>
          {strings.cancel}
        </Button>
      )}
    </li>
  );
}
