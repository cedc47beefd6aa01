import { type NetworkKind, NewNodeNetwork, type NodeNetwork } from '@catalyst/shared/features/networks';
import type { z } from 'zod';
import { validateWith } from '../../components/form-validation.ts';
import { networkStrings as strings } from './network-strings.ts';

/** What the dialog edits: everything as text. */
export interface NetworkForm {
  name: string;
  kind: NetworkKind;
  parent: string;
  subnet: string;
  gateway: string;
  plugins: string;
}

const firstPlugins = [{ type: 'bridge', bridge: 'br0', ipam: { type: 'dhcp' } }];

export function networkFormOf(network: NodeNetwork | undefined): NetworkForm {
  return {
    name: network?.name ?? '',
    kind: network?.kind ?? 'macvlan',
    parent: network?.parent ?? '',
    subnet: network?.subnet ?? '',
    gateway: network?.gateway ?? '',
    plugins: JSON.stringify(network?.plugins ?? firstPlugins, null, 2),
  };
}

/** What the panel is sent. Plugins that are not JSON are sent as what they are, for its rules to refuse. */
export function networkBody(form: NetworkForm): z.input<typeof NewNodeNetwork> {
  const { name, kind, parent, subnet, gateway } = form;
  if (kind === 'cni') return { name, kind, plugins: parsed(form.plugins) as never };
  return { name, kind, parent: parent.trim(), subnet: subnet.trim(), gateway: gateway.trim() || null };
}

/** What the panel would refuse, by field. */
export function networkIssues(form: NetworkForm): Record<string, string> {
  const issues = validateWith(NewNodeNetwork)(networkBody(form));
  const inPlugins = Object.entries(issues).find(([path]) => path.startsWith('plugins'));
  if (!inPlugins) return issues;
  const [path, message] = inPlugins;
  const at = path === 'plugins' ? '' : `${path.replace('plugins.', 'plugin ')}: `;
  return { ...issues, plugins: Array.isArray(parsed(form.plugins)) ? `${at}${message}` : strings.notJson };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
