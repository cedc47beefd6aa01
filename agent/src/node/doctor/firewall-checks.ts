import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import type { MachineFirewall } from '../../firewall/machine-firewall.ts';
import { checkOf } from './check.ts';
import type { Machine } from './machine.ts';

/** Whether players get through this machine's own firewall. What the agent may not see is told by the check for root. */
export async function firewallChecks(
  machine: Machine,
  firewall: Pick<MachineFirewall, 'report' | 'opens'>,
): Promise<DoctorCheck[]> {
  if (machine.platform !== 'linux' || !machine.isRoot) return [];
  const check = checkOf('firewall', 'Firewall');
  // Programs of others decide how this goes; the other checks must not fall with it.
  const report = await firewall.report().catch((error: Error) => error);
  if (report instanceof Error) {
    const text = `The firewall of this machine could not be looked at: ${report.message}`.slice(0, 999);
    return [check.warning(`${text.replace(/\.$/, '')}.`)];
  }
  const { gates, openPorts, notes } = report;
  const [note] = notes;
  if (note !== undefined) {
    const [sentence = note, advice] = note.split(/: (?=allow)/);
    return [
      check.warning(`${sentence.slice(0, 999).replace(/\.$/, '')}.`, advice ? asSentence(advice) : null),
    ];
  }
  if (gates.length === 0) return [check.ok('No firewall of this machine stops what is for servers.')];
  const names = gates.map(({ name }) => name).join(', ');
  if (firewall.opens) {
    return [
      check.ok(
        `The firewall of this machine (${names}) is opened for servers while they are up, now for ${countOf(openPorts.length)}.`,
      ),
    ];
  }
  return [
    check.warning(
      `The firewall of this machine (${names}) stops what its rules do not let through, and is not opened for servers.`,
      "Let the agent open it while servers are up (page Network of this node), or open the servers' ports yourself.",
    ),
  ];
}

const countOf = (ports: number) => (ports === 1 ? '1 port' : `${ports} ports`);
const asSentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
