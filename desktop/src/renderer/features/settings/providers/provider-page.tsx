import type { OidcProvider } from '@catalyst/shared/features/oidc';
import { useParams } from 'react-router';
import { NoPermissionPage, NotFoundPage } from '../../../components/error-page.tsx';
import { Failure } from '../../../components/failure.tsx';
import { SectionSkeleton } from '../../../components/section.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useMay } from '../../sessions/use-session.ts';
import classes from '../settings-form.module.css';
import { NewProviderForm, ProviderEditor } from './provider-editor.tsx';
import { RemoveProviderSection, TestProviderSection } from './provider-sections.tsx';
import { strings } from './strings.ts';
import { useProviders } from './use-providers.ts';

export function NewProviderPage() {
  return useMay('settings.write') ? <NewProviderForm /> : <NoPermissionPage />;
}

export function ProviderPage() {
  const { id } = useParams();
  const mayRead = useMay('settings.read');
  const { data, error, isFetching, refetch } = useProviders({ enabled: mayRead });
  if (!mayRead) return <NoPermissionPage />;
  if (!data) {
    return error ? (
      <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    ) : (
      <div role="status" aria-label={shared.loading} className={classes.form}>
        <SectionSkeleton lines={4} />
        <SectionSkeleton lines={3} />
      </div>
    );
  }
  const provider = data.find((one) => one.id === id);
  return provider ? <Provider provider={provider} /> : <NotFoundPage />;
}

function Provider({ provider }: { provider: OidcProvider }) {
  const mayWrite = useMay('settings.write');
  return (
    <>
      <ProviderEditor key={provider.id} provider={provider} isReadOnly={!mayWrite} />
      {mayWrite && <TestProviderSection provider={provider} />}
      {mayWrite && <RemoveProviderSection provider={provider} />}
    </>
  );
}

/** Its name in the place of its id. */
export function ProviderCrumb() {
  const { id } = useParams();
  const { data } = useProviders();
  return data?.find((one) => one.id === id)?.name ?? strings.provider;
}
