import type { OidcProvider } from '@catalyst/shared/features/oidc';
import { Button } from '@mantine/core';
import { IconLogin2, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Empty } from '../../../components/empty.tsx';
import { NoPermissionPage } from '../../../components/error-page.tsx';
import { Failure } from '../../../components/failure.tsx';
import { ListSkeleton } from '../../people/list-skeleton.tsx';
import classes from '../../people/people-list.module.css';
import { useMay } from '../../sessions/use-session.ts';
import { strings } from './strings.ts';
import { useProviders } from './use-providers.ts';

/** Services whose accounts sign people in. */
export function ProvidersTab() {
  return useMay('settings.read') ? <Providers /> : <NoPermissionPage />;
}

function Providers() {
  const mayWrite = useMay('settings.write');
  const { data, error, isFetching, refetch } = useProviders();
  const add = mayWrite && (
    <Button component={Link} to="/settings/providers/new" leftSection={<IconPlus size={16} />}>
      {strings.add}
    </Button>
  );
  if (!data) {
    return error ? (
      <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    ) : (
      <ListSkeleton />
    );
  }
  if (data.length === 0) {
    return (
      <Empty icon={<IconLogin2 size={28} stroke={1.5} />} title={strings.emptyTitle} action={add}>
        {mayWrite ? strings.empty : strings.emptyReadOnly}
      </Empty>
    );
  }
  return (
    <>
      <div className={classes.bar}>
        <p className={classes.lead}>{strings.lead}</p>
        {add}
      </div>
      <ul className={classes.list}>
        {data.map((provider) => (
          <ProviderItem key={provider.id} provider={provider} />
        ))}
      </ul>
    </>
  );
}

function ProviderItem({ provider }: { provider: OidcProvider }) {
  return (
    <li className={classes.item}>
      <div className={classes.who}>
        <div className={classes.first}>
          <Link to={`/settings/providers/${provider.id}`} className={classes.name}>
            {provider.name}
          </Link>
          {!provider.isEnabled && <span className={classes.tag}>{strings.off}</span>}
          {provider.isTrusted && <span className={classes.tag}>{strings.trusted}</span>}
          {provider.allowCreate && <span className={classes.tag}>{strings.creates}</span>}
        </div>
        <div className={classes.sub}>
          <span>{provider.issuer}</span>
          {!provider.hasSecret && <span>{strings.noSecret}</span>}
        </div>
      </div>
    </li>
  );
}
