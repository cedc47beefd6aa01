import { NoPermissionPage } from '../../../components/error-page.tsx';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { SectionSkeleton } from '../../../components/section.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useMay } from '../../sessions/use-session.ts';
import classes from '../settings-form.module.css';
import { MailServerForm } from './mail-server-form.tsx';
import { OutboxSection } from './outbox-section.tsx';
import { RemoveMailSection } from './remove-mail-section.tsx';
import { strings } from './strings.ts';
import { useMail } from './use-mail.ts';

/** How the panel sends mail, and what became of it. */
export function MailTab() {
  return useMay('settings.read') ? <Mail /> : <NoPermissionPage />;
}

function Mail() {
  const mayWrite = useMay('settings.write');
  const { data, error, isFetching, refetch } = useMail();
  if (!data) {
    return error ? (
      <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    ) : (
      <div role="status" aria-label={shared.loading} className={classes.form}>
        <SectionSkeleton lines={4} />
        <SectionSkeleton lines={2} />
      </div>
    );
  }
  const { settings, waiting, failed } = data;
  return (
    <>
      {!mayWrite && <Notice tone="info">{strings.readOnly}</Notice>}
      {!settings && (
        <Notice tone="info" title={strings.offTitle}>
          {strings.off}
        </Notice>
      )}
      <MailServerForm settings={settings} isReadOnly={!mayWrite} />
      {(settings || waiting > 0 || failed > 0) && (
        <OutboxSection waiting={waiting} failed={failed} mayWrite={mayWrite} />
      )}
      {settings && mayWrite && <RemoveMailSection />}
    </>
  );
}
