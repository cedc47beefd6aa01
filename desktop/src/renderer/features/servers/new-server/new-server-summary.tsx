import { Button, Switch } from '@mantine/core';
import '@mantine/core/styles/Switch.layer.css';
import type { ReactNode } from 'react';
import { formatCores, formatMegabytes } from '../../../components/units.ts';
import type { NewServerForm } from './new-server-form.ts';
import classes from './new-server-summary.module.css';
import { strings } from './strings.ts';

interface NewServerSummaryProps {
  form: NewServerForm;
  nodeName: string | undefined;
  isBusy: boolean;
  onStartAfterInstall: (start: boolean) => void;
  /** What stands in the way. */
  children: ReactNode;
}

/** What will be made, beside the form, with the button that makes it. */
export function NewServerSummary(props: NewServerSummaryProps) {
  const { form, nodeName } = props;
  const { preferred, port } = form.ports[0] ?? {};
  const facts = [
    [strings.node, nodeName ?? strings.automatic],
    [strings.memory, formatMegabytes(form.memoryMb)],
    [strings.cpu, formatCores(form.cpuCores)],
    [strings.disk, formatMegabytes(form.diskMb)],
    [strings.port, port ?? (preferred ? `${preferred}, ${strings.automatic}` : strings.automatic)],
  ];
  return (
    <aside className={classes.card} aria-label={strings.summary}>
      <h2 className={classes.title}>{form.name.trim() || strings.title}</h2>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt className={classes.name}>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Switch
        label={strings.startAfterInstall}
        checked={form.startAfterInstall}
        onChange={(event) => props.onStartAfterInstall(event.currentTarget.checked)}
      />
      {props.children}
      <Button type="submit" fullWidth loading={props.isBusy}>
        {strings.create}
      </Button>
    </aside>
  );
}
