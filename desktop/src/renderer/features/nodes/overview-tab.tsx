import type { Node } from '@catalyst/shared/features/nodes';
import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { Section } from '../../components/section.tsx';
import { formatMegabytes } from '../../components/units.ts';
import { UsageBar } from '../../components/usage-bar.tsx';
import { useMay } from '../sessions/use-session.ts';
import { KeptFiles } from './kept/kept-files.tsx';
import { NodeFacts } from './node-facts.tsx';
import classes from './node-page.module.css';
import { useShownNode } from './node-page.tsx';
import { NodeServers } from './node-servers.tsx';
import { NodeUsage } from './node-usage.tsx';
import { RuntimeList } from './runtime-list.tsx';
import { strings } from './strings.ts';

/** How a node is, how it runs servers, which ones, and who it is. */
export function OverviewTab() {
  const { node, onDelete } = useShownNode();
  const mayDelete = useMay('node.delete');
  return (
    <>
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
          <Link className={classes.more} to={`/nodes/${node.id}/doctor`}>
            {strings.askDoctor}
          </Link>
        </Section>
      )}
      <Section id="servers" title={strings.serversTitle} hint={strings.servers(node.serverCount)}>
        <NodeServers nodeId={node.id} />
      </Section>
      <KeptFiles nodeId={node.id} isOnline={node.status === 'online'} />
      <Section id="facts" title={strings.facts}>
        <NodeFacts node={node} />
      </Section>
      {mayDelete && !node.local && (
        <Section id="danger" title={strings.danger} isDangerous>
          <div className={classes.dangerRow}>
            <p className={classes.none}>{strings.deleteHint}</p>
            <Button color="red" disabled={node.serverCount > 0} onClick={onDelete}>
              {strings.delete}…
            </Button>
          </div>
        </Section>
      )}
    </>
  );
}

function Promised({ node }: { node: Node }) {
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
