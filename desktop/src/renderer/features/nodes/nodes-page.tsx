import type { Node } from '@catalyst/shared/features/nodes';
import { Button, Skeleton } from '@mantine/core';
import { IconNetwork, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Copyable } from '../../components/copy-button.tsx';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { strings as shared } from '../../components/strings.ts';
import { useMay } from '../sessions/use-session.ts';
import { NodeDialog } from './node-dialog.tsx';
import { NodeStatus } from './node-status.tsx';
import { NodeUsage } from './node-usage.tsx';
import classes from './nodes-page.module.css';
import { strings } from './strings.ts';
import { useNodes } from './use-nodes.ts';

/** The machines that run servers. */
export function NodesPage() {
  const navigate = useNavigate();
  const mayRead = useMay('node.read');
  const mayCreate = useMay('node.create');
  const [isAdding, setAdding] = useState(false);
  const { nodes, error, isPending, isFetching, refetch } = useNodes();
  if (!mayRead) return <NoPermissionPage />;
  const add = mayCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {strings.add}
    </Button>
  );
  const isEmpty = nodes?.length === 0;
  return (
    <>
      <PageHeader title={strings.title} aside={nodes && !isEmpty && nodes.length} actions={!isEmpty && add} />
      {isPending && <NodesSkeleton />}
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {isEmpty && (
        <Empty
          icon={<IconNetwork size={28} stroke={1.5} />}
          title={strings.emptyTitle}
          action={add || undefined}
        >
          {mayCreate ? strings.empty : strings.emptyReadOnly}
        </Empty>
      )}
      {nodes && !isEmpty && (
        <ul className={classes.nodes}>
          {nodes.map((node) => (
            <NodeItem key={node.id} node={node} />
          ))}
        </ul>
      )}
      {isAdding && (
        <NodeDialog
          onClose={() => setAdding(false)}
          onSaved={({ id }) => navigate(`/nodes/${id}`, { state: { link: true } })}
        />
      )}
    </>
  );
}

function NodeItem({ node }: { node: Node }) {
  return (
    <li className={classes.node}>
      <div className={classes.who}>
        <div className={classes.first}>
          <Link to={`/nodes/${node.id}`} className={classes.name}>
            {node.name}
          </Link>
          <NodeStatus node={node} />
        </div>
        <div className={classes.facts}>
          <span className={classes.address}>
            <Copyable value={node.publicAddress} what="address" />
          </span>
          {node.local && <span>{strings.local}</span>}
          <span>{strings.servers(node.serverCount)}</span>
          {node.agentVersion && <span>v{node.agentVersion}</span>}
          {node.status !== 'online' && node.lastSeenAt && (
            <span>
              {strings.seen} <RelativeTime at={node.lastSeenAt} />
            </span>
          )}
        </div>
      </div>
      <div className={classes.usage}>
        {node.health ? (
          <NodeUsage health={node.health} />
        ) : (
          <p className={classes.silent}>{node.statusText ?? strings.silent[node.status]}</p>
        )}
      </div>
    </li>
  );
}

function NodesSkeleton() {
  return (
    <div className={classes.nodes} role="status" aria-label={shared.loading}>
      {[0, 1, 2].map((node) => (
        <div key={node} className={classes.node}>
          <div className={classes.who}>
            <Skeleton height={18} width={160} />
            <Skeleton height={14} width={220} mt={8} />
          </div>
          <div className={classes.usage}>
            <Skeleton height={28} />
          </div>
        </div>
      ))}
    </div>
  );
}
