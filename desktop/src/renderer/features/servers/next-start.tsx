import type { Server } from '@catalyst/shared/features/servers';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Section } from '../../components/section.tsx';
import classes from './dry-run-dialog.module.css';
import { DryRunDialog } from './dry-run-dialog.tsx';
import { dryRunStrings as strings } from './dry-run-strings.ts';

/** Leads to what the next start would do. */
export function NextStart({ server }: { server: Server }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section id="next-start" title={strings.title} hint={strings.hint}>
      <Button variant="default" className={classes.open} onClick={() => setOpen(true)}>
        {strings.open}
      </Button>
      {isOpen && <DryRunDialog server={server} onClose={() => setOpen(false)} />}
    </Section>
  );
}
