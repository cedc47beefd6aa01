import type { AuditArchive } from '@catalyst/shared/features/audit';
import { Button, Group, Modal, Select, Skeleton, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { strings as shared } from '../../components/strings.ts';
import { formatBytes } from '../../components/units.ts';
import list from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { strings } from './strings.ts';
import { useArchive, useUpdateArchive } from './use-audit.ts';

const usualDays = [30, 90, 180, 365, 730, 1825];

/** When entries leave the database, and the files they went to. */
export function ArchiveDialog({ onClose }: { onClose: () => void }) {
  const { data, error, isFetching, refetch } = useArchive({ enabled: true });
  return (
    <Modal opened onClose={onClose} title={strings.archiveTitle} size="lg">
      {error && (
        <Failure
          title={strings.archiveFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {!data && !error && <Skeleton height={140} role="status" aria-label={shared.loading} />}
      {data && <Archive archive={data} onClose={onClose} />}
    </Modal>
  );
}

function Archive({ archive, onClose }: { archive: AuditArchive; onClose: () => void }) {
  const { archiveAfterDays, folder, files, problem } = archive;
  const mayChange = useMay('settings.write');
  const update = useUpdateArchive();
  const [days, setDays] = useState(archiveAfterDays);
  const choices = [...new Set([...usualDays, ...(archiveAfterDays ? [archiveAfterDays] : [])])].sort(
    (one, other) => one - other,
  );
  const save = () =>
    update.mutate(days, {
      onSuccess: () => {
        notifications.show({ message: strings.saved });
        onClose();
      },
    });
  return (
    <Stack gap={16}>
      <p className={list.hint}>{strings.archiveLead}</p>
      {problem && (
        <Notice tone="error" title={strings.archiveProblem}>
          {problem}
        </Notice>
      )}
      <Select
        label={strings.archiveAfter}
        disabled={!mayChange}
        allowDeselect={false}
        value={String(days ?? '')}
        onChange={(value) => setDays(value ? Number(value) : null)}
        data={[
          { value: '', label: strings.never },
          ...choices.map((count) => ({ value: String(count), label: strings.days(count) })),
        ]}
      />
      <Facts
        facts={[
          [strings.archiveFolder, <Copyable key="folder" value={folder} what="dataFolder" />],
          ...files.map(({ name, firstSeq, lastSeq, sizeBytes }): [string, React.ReactNode] => [
            strings.archiveFile(firstSeq, lastSeq),
            <span key={name}>
              <code>{name}</code> {formatBytes(sizeBytes)}
            </span>,
          ]),
        ]}
      />
      {files.length === 0 && <p className={list.hint}>{strings.noArchives}</p>}
      {update.error && <Failure title={strings.saveFailed} error={update.error} />}
      {mayChange && (
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {strings.cancel}
          </Button>
          <Button loading={update.isPending} disabled={days === archiveAfterDays} onClick={save}>
            {strings.save}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
