import type { Node } from '@catalyst/shared/features/nodes';
import { Button, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconKey, IconNetworkOff, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { Outlet, useLocation, useNavigate, useOutletContext, useParams } from 'react-router';
import { hasCode } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { TabLinks } from '../../components/tab-links.tsx';
import { useMay } from '../sessions/use-session.ts';
import { LinkDialog } from './link-dialog.tsx';
import { NodeDialog } from './node-dialog.tsx';
import classes from './node-page.module.css';
import { NodeStatus } from './node-status.tsx';
import { strings } from './strings.ts';
import { useDeleteNode, useNode } from './use-nodes.ts';

/** One machine, above the tab that is open. */
export function NodePage() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const { state } = useLocation();
  const mayUpdate = useMay('node.update');
  const { data: node, error, isPending, isFetching, refetch } = useNode(id);
  const remove = useDeleteNode(id);
  const [dialog, setDialog] = useState<'link' | 'edit' | 'delete' | undefined>(
    state?.link === true ? 'link' : undefined,
  );
  const close = () => {
    setDialog(undefined);
    // Coming back to this page must not make another token.
    if (state?.link) navigate('.', { replace: true, state: null });
  };
  if (hasCode(error, 'forbidden')) return <NoPermissionPage />;
  if (hasCode(error, 'not_found', 'invalid_input')) {
    return (
      <Empty icon={<IconNetworkOff size={28} stroke={1.5} />} title={strings.goneTitle}>
        {strings.gone}
      </Empty>
    );
  }
  if (isPending) return <NodeSkeleton />;
  if (!node) {
    return (
      <Failure title={strings.oneFailed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    );
  }
  return (
    <div className={classes.page}>
      <PageHeader
        title={node.name}
        aside={<NodeStatus node={node} />}
        actions={
          mayUpdate && (
            <>
              {!node.local && (
                <Button
                  variant={node.status === 'unlinked' ? 'filled' : 'default'}
                  leftSection={<IconKey size={16} />}
                  onClick={() => setDialog('link')}
                >
                  {node.status === 'unlinked' ? strings.link : strings.relink}
                </Button>
              )}
              <Button
                variant="default"
                leftSection={<IconPencil size={16} />}
                onClick={() => setDialog('edit')}
              >
                {strings.edit}
              </Button>
            </>
          )
        }
      />
      {node.statusText && (
        <Notice tone={node.status === 'refused' ? 'error' : 'info'}>{node.statusText}</Notice>
      )}
      {risksOf(node).map((risk) => (
        <Notice key={risk} tone="error" title={strings.riskTitle}>
          {risk} {strings.riskHint}
        </Notice>
      ))}
      <TabLinks
        label={strings.tabsOf(node.name)}
        tabs={[
          { to: `/nodes/${id}`, name: strings.tabs.overview },
          { to: `/nodes/${id}/network`, name: strings.tabs.network },
          { to: `/nodes/${id}/images`, name: strings.tabs.images },
          { to: `/nodes/${id}/doctor`, name: strings.tabs.doctor },
        ]}
      />
      <div className={classes.tab}>
        <Outlet context={{ node, onDelete: () => setDialog('delete') } satisfies ShownNode} />
      </div>
      {dialog === 'link' && <LinkDialog node={node} onClose={close} />}
      {dialog === 'edit' && <NodeDialog node={node} onClose={close} onSaved={close} />}
      {dialog === 'delete' && (
        <ConfirmDialog
          title={strings.deleteTitle(node.name)}
          confirmLabel={strings.delete}
          typedName={node.name}
          isBusy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(undefined, {
              onSuccess: () => {
                notifications.show({ message: strings.deleted(node.name) });
                navigate('/nodes');
              },
            })
          }
        >
          {strings.deleteText}
        </ConfirmDialog>
      )}
    </div>
  );
}

function risksOf({ health }: Node): string[] {
  return health?.runtimes.flatMap(({ risks = [] }) => risks) ?? [];
}

/** Name of the node in the breadcrumbs. */
export function NodeCrumb() {
  const { id = '' } = useParams();
  return useNode(id).data?.name ?? '…';
}

interface ShownNode {
  node: Node;
  onDelete: () => void;
}

/** The node whose page a tab is on. */
export const useShownNode = (): ShownNode => useOutletContext<ShownNode>();

function NodeSkeleton() {
  return (
    <div className={classes.page} role="status" aria-label={shared.loading}>
      <Skeleton height={28} width={220} />
      <SectionSkeleton lines={2} />
      <SectionSkeleton lines={5} />
    </div>
  );
}
