import { Anchor } from '@mantine/core';
import '@mantine/core/styles/Text.layer.css';
import '@mantine/core/styles/Anchor.layer.css';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api, basePath } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { Elapsed } from '../../components/relative-time.tsx';
import { Section, SkeletonLines } from '../../components/section.tsx';
import { useMay } from '../sessions/use-session.ts';
import classes from './settings-page.module.css';
import { strings } from './strings.ts';

/** Which panel this is, how to recognise it, and how safely it is reached. */
export function AboutTab() {
  const mayRead = useMay('settings.read');
  const { data, error, isLoading, isFetching, refetch } = useQuery({
    queryKey: keys.system,
    queryFn: ({ signal }) => api.system.info({ signal }),
    enabled: mayRead,
  });
  return (
    <>
      {error && !data && (
        <Failure
          title={strings.aboutFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      <Section id="panel" title={strings.about}>
        {isLoading ? (
          <SkeletonLines count={4} />
        ) : (
          <Facts
            facts={[
              [strings.address, <Copyable key="address" value={location.origin} what="address" />],
              [strings.version, data?.version],
              [strings.database, data && strings.databases[data.database]],
              [
                strings.dataDirectory,
                data && <Copyable key="data" value={data.dataDirectory} what="dataFolder" />,
              ],
              [strings.running, data && <Elapsed key="up" since={new Date(data.startedAt)} />],
            ]}
          />
        )}
        {!mayRead && <p>{strings.aboutForbidden}</p>}
      </Section>
      {data && (
        <Section id="identity" title={strings.identity} hint={strings.identityHint}>
          <Facts
            facts={[
              [
                strings.panelFingerprint,
                <Copyable key="panel" value={data.panelFingerprint} what="fingerprint" />,
              ],
              [strings.tlsFingerprint, <Copyable key="tls" value={data.tlsFingerprint} what="fingerprint" />],
            ]}
          />
        </Section>
      )}
      <Section id="transport" title={strings.transport}>
        <Transport isInsecure={data?.insecureTransport ?? false} />
      </Section>
      <Section id="programs" title={strings.apiTitle} hint={strings.apiHint}>
        <div>
          <Anchor size="sm" href={`${basePath}/api/docs`} target="_blank" rel="noopener">
            {strings.apiReference}
          </Anchor>
        </div>
      </Section>
    </>
  );
}

function Transport({ isInsecure }: { isInsecure: boolean }) {
  if (isInsecure) {
    return (
      <Notice tone="warning" title={strings.insecure}>
        {strings.insecureHint}
      </Notice>
    );
  }
  const isEncrypted = location.protocol === 'https:';
  const Icon = isEncrypted ? IconLock : IconLockOpen;
  return (
    <p className={classes.transport}>
      <Icon size={16} stroke={1.75} aria-hidden />
      <span>
        <strong>{isEncrypted ? strings.encrypted : strings.loopback}.</strong>{' '}
        {isEncrypted ? strings.encryptedHint : strings.loopbackHint}
      </span>
    </p>
  );
}
