import type { Pairing } from '@catalyst/shared/features/agent-link';
import { curlPin } from './deploy-command.ts';
import type { AgentPackage } from './deploy-package.ts';

const place = /^# The panel writes here\.$.*?^# Until here\.$/ms;

/** The install script, with how to reach this panel, what to download from it and the secret that admits one agent. */
export function installScript(
  template: string,
  pairing: Pairing,
  { machine, sha256 }: Pick<AgentPackage, 'machine' | 'sha256'>,
): string {
  if (!place.test(template)) throw new Error('The install script has no place for the settings of a panel');
  const settings = {
    panel_url: pairing.panelUrl,
    panel_pin: curlPin(pairing),
    panel_key: pairing.panelKey,
    node_id: pairing.nodeId,
    install_secret: pairing.secret,
    package_machine: machine,
    package_sha256: sha256,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}\n`);
  return template.replace(place, () => lines.join('').trimEnd());
}

/** One word for the shell, whatever is in it. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
