import type { Server } from '@catalyst/shared/features/servers';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { serverStrings } from './server-strings.ts';
import { settingsStrings as strings } from './settings-strings.ts';

/** What cannot be changed but asked for. */
export function ServerFacts({ server }: { server: Server }) {
  return (
    <Facts
      facts={[
        [strings.id, <Copyable key="id" value={server.id} what="id" />],
        [strings.owner, server.owner.name],
        [strings.runtime, strings.runtimes[server.runtime]],
        [
          strings.ports,
          server.portBindings
            .map(({ name, port, protocol }) => `${name} ${port} ${serverStrings.protocols[protocol]}`)
            .join(', '),
        ],
        [strings.created, <RelativeTime key="created" at={server.createdAt} />],
      ]}
    />
  );
}
