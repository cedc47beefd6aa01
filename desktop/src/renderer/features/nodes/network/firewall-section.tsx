import type { NodeFirewall } from '@catalyst/shared/features/firewall';
import type { Node } from '@catalyst/shared/features/nodes';
import { Switch } from '@mantine/core';
import '@mantine/core/styles/Switch.layer.css';
import { Link } from 'react-router';
import { sentenceOf } from '../../../api/errors.ts';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { serverStrings } from '../../servers/server-strings.ts';
import { useMay } from '../../sessions/use-session.ts';
import classes from '../node-networks.module.css';
import { useUpdateNode } from '../use-nodes.ts';
import { firewallStrings as strings } from './firewall-strings.ts';
import pool from './pools.module.css';
import { useFirewall, useRefreshFirewall } from './use-firewall.ts';

/** Whether the machine's own firewall is opened for servers, and what is open in it. */
export function FirewallSection({ node }: { node: Node }) {
  const mayUpdate = useMay('node.update');
  const isOnline = node.status === 'online';
  const { data, error, isFetching, refetch } = useFirewall(node.id, isOnline);
  const update = useUpdateNode(node.id);
  const refresh = useRefreshFirewall(node.id);
  const shown = update.isPending ? update.variables.opensFirewall : node.opensFirewall;
  return (
    <Section id="firewall" title={strings.title} hint={strings.hint}>
      <Switch
        label={strings.opens}
        description={strings.opensHint}
        disabled={!mayUpdate || update.isPending}
        checked={shown}
        onChange={({ currentTarget }) =>
          update.mutate({ opensFirewall: currentTarget.checked }, { onSettled: refresh })
        }
      />
      {update.error && (
        <Notice tone="error" title={strings.saveFailed} urgent>
          {sentenceOf(update.error)}
        </Notice>
      )}
      {!isOnline ? (
        <p className={classes.none}>{strings.offline}</p>
      ) : error && !data ? (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      ) : data ? (
        <Found firewall={data} />
      ) : (
        <SkeletonLines count={2} />
      )}
    </Section>
  );
}

function Found({ firewall }: { firewall: NodeFirewall }) {
  const { unavailable, gates, notes, opens, openPorts, isForwardingOpen } = firewall;
  if (unavailable !== null) return <p className={classes.none}>{unavailable}</p>;
  const isShut = gates.length > 0 && !opens;
  return (
    <>
      {notes.map((note) => (
        <Notice key={note} tone="warning">
          {note}
        </Notice>
      ))}
      {isShut ? (
        <Notice tone="warning" title={strings.shut}>
          {strings.found(gates.map(({ name }) => name))}
        </Notice>
      ) : (
        <p className={classes.none}>
          {gates.length === 0 ? strings.nothingFound : strings.found(gates.map(({ name }) => name))}
          {isForwardingOpen && ` ${strings.forwarding}`}
        </p>
      )}
      {openPorts.length > 0 ? (
        <OpenPorts ports={openPorts} />
      ) : (
        opens && gates.length > 0 && <p className={classes.none}>{strings.noneOpen}</p>
      )}
    </>
  );
}

function OpenPorts({ ports }: { ports: NodeFirewall['openPorts'] }) {
  return (
    <div className={pool.wide}>
      <table className={pool.table}>
        <thead>
          <tr>
            <th scope="col">{strings.openPort}</th>
            <th scope="col">{strings.where}</th>
            <th scope="col">{strings.server}</th>
          </tr>
        </thead>
        <tbody>
          {ports.map(({ serverId, serverName, ip, port, protocol }) => (
            <tr key={`${serverId} ${ip} ${port} ${protocol}`}>
              <td className={pool.number}>
                {port} <span className={classes.sub}>{serverStrings.protocols[protocol]}</span>
              </td>
              <td>{ip === '0.0.0.0' || ip === '::' ? strings.everyAddress : ip}</td>
              <td className={pool.server}>
                {serverName === null ? (
                  <span className={classes.sub}>{strings.unknownServer}</span>
                ) : (
                  <Link to={`/servers/${serverId}/network`}>{serverName}</Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
