import type { Template } from '@catalyst/shared/features/templates';
import { Skeleton } from '@mantine/core';
import { IconTemplateOff } from '@tabler/icons-react';
import { Outlet, useOutletContext, useParams } from 'react-router';
import { hasCode } from '../../api/errors.ts';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { GameIcon } from '../../components/game-icon.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { TabLinks } from '../../components/tab-links.tsx';
import list from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { strings } from './strings.ts';
import { TemplateActions } from './template-actions.tsx';
import classes from './template-page.module.css';
import { useTemplate } from './use-templates.ts';

/** One template, above the tab that is open. */
export function TemplatePage() {
  const { id = '' } = useParams();
  const mayRead = useMay('template.read');
  const { data: template, error, isFetching, refetch } = useTemplate(id);
  if (!mayRead || hasCode(error, 'forbidden')) return <NoPermissionPage />;
  if (hasCode(error, 'not_found', 'invalid_input')) {
    return (
      <Empty icon={<IconTemplateOff size={28} stroke={1.5} />} title={strings.goneTitle}>
        {strings.gone}
      </Empty>
    );
  }
  if (template) return <Shown key={id} template={template} />;
  if (error) {
    return (
      <Failure title={strings.oneFailed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    );
  }
  return (
    <div className={list.page} role="status" aria-label={shared.loading}>
      <Skeleton height={28} width={220} />
      <SectionSkeleton lines={4} />
      <SectionSkeleton lines={3} />
    </div>
  );
}

function Shown({ template }: { template: Template }) {
  const { id, name, icon, origin, version, summary } = template;
  const mayEdit = useMayEdit(template);
  return (
    <div className={list.page}>
      <div className={classes.head}>
        <GameIcon name={icon} size={40} />
        <PageHeader
          title={name}
          aside={`${strings.origins[origin]} · ${strings.versionOf(version)}`}
          description={summary}
          actions={<TemplateActions template={template} />}
        />
      </div>
      <TabLinks
        label={strings.tabsOf(name)}
        tabs={[
          { to: `/templates/${id}`, name: strings.tabs.overview },
          { to: `/templates/${id}/preview`, name: strings.tabs.preview },
          { to: `/templates/${id}/versions`, name: strings.tabs.versions },
          ...(mayEdit ? [{ to: `/templates/${id}/edit`, name: strings.tabs.edit }] : []),
        ]}
      />
      <Outlet context={template} />
    </div>
  );
}

/** Whether it can be changed, and by this person. */
export function useMayEdit({ origin }: Template): boolean {
  return useMay('template.update') && origin !== 'built-in';
}

/** The template whose page a tab is on. */
export const useShownTemplate = (): Template => useOutletContext<Template>();

/** Name of the template in the breadcrumbs. */
export function TemplateCrumb() {
  const { id = '' } = useParams();
  return useTemplate(id).data?.name ?? '…';
}
