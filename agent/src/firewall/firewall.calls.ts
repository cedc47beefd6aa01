import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { firewallAgentCalls } from '@catalyst/shared/features/firewall-link';
import type { MachineFirewall } from './machine-firewall.ts';

export const firewallCallHandlers = (firewall: MachineFirewall): CallHandlers<typeof firewallAgentCalls> => ({
  'firewall:set': async ({ opens }) => {
    await firewall.choose(opens);
    return {};
  },
  'firewall:report': () => firewall.report(),
});
