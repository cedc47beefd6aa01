import { Radio } from '@mantine/core';
import '@mantine/core/styles/Radio.layer.css';
import { notifications } from '@mantine/notifications';
import { sentenceOf } from '../../api/errors.ts';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { Section, SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { useMay } from '../sessions/use-session.ts';
import classes from './settings-form.module.css';
import { strings } from './strings.ts';
import { UploadLimitSection } from './upload-limit-section.tsx';
import { usePanelSettings, useUpdatePanelSettings } from './use-panel-settings.ts';

const modes = ['administrators', 'owner'] as const;

/** What people may do with servers, everywhere on this panel. */
export function ServersTab() {
  return useMay('settings.read') ? <ServersSettings /> : <NoPermissionPage />;
}

function ServersSettings() {
  const { data, error, isFetching, refetch } = usePanelSettings();
  const update = useUpdatePanelSettings();
  const mayWrite = useMay('settings.write');
  if (!data) {
    return error ? (
      <Failure
        title={strings.settingsFailed}
        error={error}
        retry={() => void refetch()}
        isRetrying={isFetching}
      />
    ) : (
      <div role="status" aria-label={shared.loading} className={classes.form}>
        <SectionSkeleton lines={2} />
      </div>
    );
  }
  const choose = (suspendedDeletion: string) =>
    update.mutate(
      { suspendedDeletion: suspendedDeletion as (typeof modes)[number] },
      {
        onSuccess: () => notifications.show({ message: strings.saved }),
        onError: (problem) =>
          notifications.show({ color: 'red', title: strings.saveFailed, message: sentenceOf(problem) }),
      },
    );
  return (
    <>
      <Section id="deletion" title={strings.deletion} hint={strings.deletionHint}>
        <Radio.Group aria-labelledby="deletion-title" value={data.suspendedDeletion} onChange={choose}>
          <div className={classes.form}>
            {modes.map((value) => (
              <Radio
                key={value}
                value={value}
                label={strings.deletionModes[value].label}
                description={strings.deletionModes[value].description}
                disabled={!mayWrite || update.isPending}
              />
            ))}
          </div>
        </Radio.Group>
      </Section>
      {/* Anew when somebody else has set it meanwhile. */}
      <UploadLimitSection key={data.uploadLimitMb} limitMb={data.uploadLimitMb} isReadOnly={!mayWrite} />
    </>
  );
}
