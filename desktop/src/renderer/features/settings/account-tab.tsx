import { Button } from '@mantine/core';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section } from '../../components/section.tsx';
import { useSignOut, useUser } from '../sessions/use-session.ts';
import { strings } from './strings.ts';

export function AccountTab() {
  const user = useUser();
  const signOut = useSignOut();
  return (
    <>
      <Section id="account" title={strings.account}>
        <Facts
          facts={[
            [strings.email, user.email],
            [strings.name, <Copyable key="name" value={user.name} what="userName" />],
            [strings.displayName, user.displayName],
            [strings.role, strings.roles[user.role] ?? user.role],
            [strings.since, <RelativeTime key="since" at={user.createdAt} />],
            [strings.id, <Copyable key="id" value={user.id} what="id" />],
          ]}
        />
      </Section>
      <Section id="session" title={strings.session} hint={strings.sessionHint}>
        {signOut.error && <Failure title={strings.signOutFailed} error={signOut.error} />}
        <div>
          <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {strings.signOut}
          </Button>
        </div>
      </Section>
    </>
  );
}
