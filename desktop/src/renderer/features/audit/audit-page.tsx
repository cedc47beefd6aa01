import { callUrl } from '@catalyst/shared/contract/client';
import { type AuditExportFormat, auditRoutes } from '@catalyst/shared/features/audit';
import { Button, Menu } from '@mantine/core';
import { IconArchive, IconDownload, IconRefresh, IconShieldCheck } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { basePath } from '../../api/client.ts';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import list from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { ArchiveDialog } from './archive-dialog.tsx';
import { toQuery, useAuditFilter } from './audit-filter.ts';
import { AuditFilters } from './audit-filters.tsx';
import { EntriesView } from './entries-view.tsx';
import { strings } from './strings.ts';
import { useAuditLog } from './use-audit.ts';
import { VerifyDialog } from './verify-dialog.tsx';

/** Who did what, on the whole panel. */
export function AuditPage() {
  return useMay('audit.read') ? <AuditLog /> : <NoPermissionPage />;
}

function AuditLog() {
  const { text, change, clear } = useAuditFilter();
  const filter = useMemo(() => toQuery(text), [text]);
  const entries = useAuditLog(filter);
  const [dialog, setDialog] = useState<'verify' | 'archive'>();
  const close = () => setDialog(undefined);
  const exportUrl = (format: AuditExportFormat) =>
    basePath + callUrl(auditRoutes.export, { query: { ...filter, format } });
  return (
    <div className={list.wide}>
      <PageHeader
        title={strings.title}
        description={strings.lead}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} />}
              loading={entries.isRefetching && !entries.isFetchingNextPage}
              onClick={() => void entries.refetch()}
            >
              {strings.refresh}
            </Button>
            <Menu position="bottom-end" width={260}>
              <Menu.Target>
                <Button variant="default" leftSection={<IconDownload size={16} />}>
                  {strings.export}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{strings.exportHint}</Menu.Label>
                <Menu.Item component="a" href={exportUrl('csv')} download>
                  {strings.exportCsv}
                </Menu.Item>
                <Menu.Item component="a" href={exportUrl('ndjson')} download>
                  {strings.exportNdjson}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Button
              variant="default"
              leftSection={<IconArchive size={16} />}
              onClick={() => setDialog('archive')}
            >
              {strings.archive}
            </Button>
            <Button leftSection={<IconShieldCheck size={16} />} onClick={() => setDialog('verify')}>
              {strings.verify}
            </Button>
          </>
        }
      />
      <AuditFilters text={text} change={change} />
      <EntriesView
        list={entries}
        failed={strings.failed}
        empty={{ title: strings.emptyTitle, sentence: strings.empty }}
        isFiltered={Object.keys(text).length > 0}
        clear={clear}
        onFilter={change}
      />
      {dialog === 'verify' && <VerifyDialog onClose={close} />}
      {dialog === 'archive' && <ArchiveDialog onClose={close} />}
    </div>
  );
}
