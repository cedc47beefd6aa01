import type { NodeNetwork } from '@catalyst/shared/features/networks';
import { Link } from 'react-router';
import { networkStrings as strings } from './network-strings.ts';
import classes from './node-networks.module.css';

interface NetworkAddressesProps {
  /** Of what they are. */
  name: string;
  addresses: NodeNetwork['addresses'];
}

/** Who has which address. */
export function NetworkAddresses({ name, addresses }: NetworkAddressesProps) {
  if (addresses.length === 0) return null;
  return (
    <ul className={classes.addresses} aria-label={strings.addresses(name)}>
      {addresses.map(({ address, serverId, serverName }) => (
        <li key={address} className={classes.address}>
          <code>{address}</code>
          {serverName === null ? (
            <span className={classes.sub}>{strings.deletedServer}</span>
          ) : (
            <Link className={classes.holder} to={`/servers/${serverId}`}>
              {serverName}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
