import type { SftpAccess, SftpToken } from '@catalyst/shared/features/sftp';
import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import dialog from '../../components/confirm-dialog.module.css';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { SectionSkeleton } from '../../components/section.tsx';
import { strings } from './sftp-strings.ts';
import { useMakeSftpToken, useSftp } from './use-sftp.ts';

/** How to reach the files of a server with a program of one's own. */
export function SftpCard({ serverId }: { serverId: string }) {
  const { data: access, error, isFetching, refetch } = useSftp(serverId);
  const token = useMakeSftpToken(serverId);
  if (!access) {
    return error ? (
      <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    ) : (
      <SectionSkeleton lines={4} />
    );
  }
  return (
    <div className={dialog.form}>
      <p>{strings.hint}</p>
      {access.port === null ? (
        <Notice tone="warning" title={strings.unavailable}>
          {access.problem}
        </Notice>
      ) : (
        <>
          <Connection access={access} port={access.port} />
          <p>{strings.password}</p>
          {token.data && <MadeToken token={token.data} />}
          {token.error && <Failure title={strings.tokenFailed} error={token.error} />}
          <div>
            <Button
              variant="default"
              leftSection={<IconKey size={16} />}
              loading={token.isPending}
              onClick={() => token.mutate()}
            >
              {strings.makeToken}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Connection({ access, port }: { access: SftpAccess; port: number }) {
  const { host, user, hostKeyFingerprint } = access;
  return (
    <Facts
      facts={[
        [strings.host, <Copyable key="host" value={host} what="host" />],
        [strings.port, <Copyable key="port" value={String(port)} what="port" />],
        [strings.user, <Copyable key="user" value={user} what="userName" />],
        [strings.fingerprint, <Copyable key="key" value={hostKeyFingerprint} what="fingerprint" />],
        [
          strings.command,
          <Copyable key="command" value={`sftp -P ${port} ${user}@${host}`} what="command" />,
        ],
      ]}
    />
  );
}

function MadeToken({ token: { token, expiresAt } }: { token: SftpToken }) {
  const time = expiresAt.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return (
    <Notice tone="success" title={strings.tokenTitle} urgent>
      <p>
        {strings.tokenText} {time}.
      </p>
      <Copyable value={token} what="token" />
    </Notice>
  );
}
