import { IconNetwork, IconServer2, IconSettings } from '@tabler/icons-react';
import { useMay } from '../sessions/use-session.ts';
import { strings } from './strings.ts';

/** The places of the panel that this person may see. */
export function useNavigation() {
  const mayReadNodes = useMay('node.read');
  return [
    { to: '/servers', name: strings.servers, Icon: IconServer2 },
    ...(mayReadNodes ? [{ to: '/nodes', name: strings.nodes, Icon: IconNetwork }] : []),
    { to: '/settings', name: strings.settings, Icon: IconSettings },
  ];
}
