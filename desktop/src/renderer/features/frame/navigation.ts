import {
  IconHistory,
  IconNetwork,
  IconServer2,
  IconSettings,
  IconTemplate,
  IconUsers,
} from '@tabler/icons-react';
import { usePeopleTabs } from '../people/use-people-tabs.ts';
import { useMay } from '../sessions/use-session.ts';
import { strings } from './strings.ts';

/** The places of the panel that this person may see. */
export function useNavigation() {
  const mayReadNodes = useMay('node.read');
  const mayReadTemplates = useMay('template.read');
  const mayReadAudit = useMay('audit.read');
  const people = usePeopleTabs();
  return [
    { to: '/servers', name: strings.servers, Icon: IconServer2 },
    ...(mayReadNodes ? [{ to: '/nodes', name: strings.nodes, Icon: IconNetwork }] : []),
    ...(mayReadTemplates ? [{ to: '/templates', name: strings.templates, Icon: IconTemplate }] : []),
    ...(people.length > 0 ? [{ to: '/people', name: strings.people, Icon: IconUsers }] : []),
    ...(mayReadAudit ? [{ to: '/audit', name: strings.audit, Icon: IconHistory }] : []),
    { to: '/settings', name: strings.settings, Icon: IconSettings },
  ];
}
