import { Button, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconKey, IconNetworkOff, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation, useNavigate, useParams } from 'react-router';
import { hasCode } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Section, SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { formatMegabytes } from '../../components/units.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import { useMay } from '../sessions/use-session.ts';
import { LinkDialog } from './link-dialog.tsx';
import { NodeDialog } from './node-dialog.tsx';
import { NodeFacts } from './node-facts.tsx';
import classes from './node-page.module.css';
import { NodeServers } from './node-servers.tsx';
import { NodeStatus } from './node-status.tsx';
import { NodeUsage } from './node-usage.tsx';
import { RuntimeList } from './runtime-list.tsx';
import { strings } from './strings.ts';
import { useDeleteNode, useNode } from './use-nodes.ts';

/** One machine: how it is, how it runs servers, which ones, and who it is. */
export function NodePage() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const { state } = useLocation();
  const mayUpdate = useMay('node.update');
  const mayDelete = useMay('node.delete');
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
      <Section id="resources" title={strings.resources}>
        {node.health ? (
          <NodeUsage health={node.health} />
        ) : (
          !node.statusText && <p className={classes.none}>{strings.silent[node.status]}</p>
        )}
        <Promised node={node} />
      </Section>
      {node.health && (
        <Section id="runtimes" title={strings.runtimes} hint={strings.runtimesHint}>
          <RuntimeList runtimes={node.health.runtimes} />
        </Section>
      )}
      <Section id="servers" title={strings.serversTitle} hint={strings.servers(node.serverCount)}>
        <NodeServers nodeId={node.id} />
      </Section>
      <Section id="facts" title={strings.facts}>
        <NodeFacts node={node} />
      </Section>
      {mayDelete && !node.local && (
        <Section id="danger" title={strings.danger} isDangerous>
          <div className={classes.dangerRow}>
            <p className={classes.none}>{strings.deleteHint}</p>
            <Button color="red" disabled={node.serverCount > 0} onClick={() => setDialog('delete')}>
              {strings.delete}…
            </Button>
          </div>
        </Section>
      )}
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

/** Name of the node in the breadcrumbs. */
export function NodeCrumb() {
  const { id = '' } = useParams();
  return useNode(id).data?.name ?? '…';
}

function Promised({ node }: { node: Parameters<typeof NodeFacts>[0]['node'] }) {
  const total = node.maxMemoryMb ?? node.health?.memoryTotalMb ?? null;
  const used =
    node.allocatedMemoryMb === 0 ? strings.promisedNothing : formatMegabytes(node.allocatedMemoryMb);
  const text =
    total === null ? strings.promisedPlain(used) : strings.promisedOf(used, formatMegabytes(total));
  return (
    <div className={classes.promised}>
      <div className={classes.line}>
        <span className={classes.name}>{strings.promised}</span>
        <span>{text}</span>
      </div>
      {total !== null && (
        <UsageBar label={strings.promised} fraction={node.allocatedMemoryMb / total} text={text} />
      )}
    </div>
  );
}

function NodeSkeleton() {
  return (
    <div className={classes.page} role="status" aria-label={shared.loading}>
      <Skeleton height={28} width={220} />
      <SectionSkeleton lines={2} />
      <SectionSkeleton lines={5} />
    </div>
  );
}
