import { needsInstallation } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import { Notice } from '../../components/notice.tsx';
import { useNow } from '../../components/relative-time.tsx';
import { explain, type ReasonAction } from './reason.ts';
import { ReinstallDialog } from './reinstall-dialog.tsx';
import { serverStrings as strings } from './server-strings.ts';
import { useResetCrashes, useSuspension } from './use-server-changes.ts';

/** Why a server is not as it should be, and the ways out. */
export function ReasonBanner({ server }: { server: Server }) {
  const reason = explain(server, useNow());
  const { pathname } = useLocation();
  if (!reason) return null;
  // On the console's own page its last lines are in sight already.
  const isOnConsole = pathname === `/servers/${server.id}`;
  const actions = reason.actions.filter((action) => action !== 'see-lines' || !isOnConsole);
  return (
    <Notice
      tone={reason.tone}
      title={reason.title}
      actions={
        actions.length > 0 &&
        actions.map((action) => <ReasonButton key={action} action={action} server={server} />)
      }
    >
      {reason.text}
    </Notice>
  );
}

function ReasonButton({ action, server }: { action: ReasonAction; server: Server }) {
  const path = `/servers/${server.id}`;
  switch (action) {
    case 'see-lines':
      return (
        <Button component={Link} to={path} variant="default" size="xs">
          {strings.seeLines}
        </Button>
      );
    case 'raise-limit':
      return (
        <Button component={Link} to={`${path}/settings#limits`} variant="default" size="xs">
          {strings.raiseLimit}
        </Button>
      );
    case 'reinstall':
      return <ReinstallButton server={server} />;
    case 'reset-crashes':
      return <ResetButton server={server} />;
    case 'lift-suspension':
      return <LiftButton server={server} />;
  }
}

function ReinstallButton({ server }: { server: Server }) {
  const [isAsked, setAsked] = useState(false);
  const close = () => setAsked(false);
  return (
    <>
      <Button size="xs" onClick={() => setAsked(true)}>
        {needsInstallation(server.reason) ? strings.tryAgain : strings.reinstall}
      </Button>
      {isAsked && <ReinstallDialog server={server} onClose={close} onDone={close} />}
    </>
  );
}

function LiftButton({ server }: { server: Server }) {
  const { unsuspend } = useSuspension(server.id);
  return (
    <Button variant="default" size="xs" loading={unsuspend.isPending} onClick={() => unsuspend.mutate()}>
      {strings.liftSuspension}
    </Button>
  );
}

function ResetButton({ server }: { server: Server }) {
  const reset = useResetCrashes(server.id);
  return (
    <Button variant="default" size="xs" loading={reset.isPending} onClick={() => reset.mutate()}>
      {strings.resetCrashes}
    </Button>
  );
}
