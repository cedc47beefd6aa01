import type { Template } from '@catalyst/shared/features/templates';
import { Button, Modal } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { SkeletonLines } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { DifferenceList } from './difference-list.tsx';
import { strings } from './strings.ts';
import { templateDifferences } from './template-differences.ts';
import { useUpdateFromSource } from './use-templates.ts';

/** What is new where a template comes from; it is taken over when that is wanted. */
export function UpdateDialog({ template, onClose }: { template: Template; onClose: () => void }) {
  const { id, version, name } = template;
  const look = useQuery({
    queryKey: keys.templateSource(id, version),
    queryFn: ({ signal }) => api.templates.refresh({ params: { id }, query: { dryRun: 'true' }, signal }),
    retry: false,
    // It is asked each time somebody wants to know.
    gcTime: 0,
  });
  const update = useUpdateFromSource(id);
  const of = (outcome: 'taken' | 'kept') =>
    (look.data?.changes ?? [])
      .filter((change) => change.outcome === outcome)
      .flatMap(({ part, before, after }) => templateDifferences({ [part]: before }, { [part]: after }));
  const [taken, kept] = [of('taken'), of('kept')];
  const take = () =>
    update.mutate(undefined, {
      onSuccess: ({ template: updated }) => {
        notifications.show({ message: strings.updated(updated.name, updated.version) });
        onClose();
      },
    });
  return (
    <Modal opened onClose={onClose} title={strings.updateTitle(name)} size="lg">
      <div className={dialog.form}>
        {look.isPending && <SkeletonLines count={4} />}
        {look.error && (
          <Failure
            title={strings.updateLookFailed}
            error={look.error}
            retry={() => void look.refetch()}
            isRetrying={look.isFetching}
          />
        )}
        {look.data && taken.length + kept.length === 0 && (
          <Notice tone="success">{strings.updateNothing}</Notice>
        )}
        {taken.length > 0 && (
          <>
            <p>{strings.updateTaken}</p>
            <DifferenceList differences={taken} />
          </>
        )}
        {kept.length > 0 && (
          <>
            <Notice tone="info">{strings.updateKept}</Notice>
            <DifferenceList differences={kept} />
          </>
        )}
        {update.error && <Failure title={strings.updateFailed} error={update.error} />}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {taken.length > 0 ? shared.cancel : shared.close}
          </Button>
          {taken.length > 0 && (
            <Button loading={update.isPending} onClick={take}>
              {strings.updateNow}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}
