import type { CallHandlers } from '@catalyst/shared/contract/rpc';
import type { DoctorCheck, doctorAgentCalls } from '@catalyst/shared/features/doctor-link';
import type { MachineFirewall } from '../../firewall/machine-firewall.ts';
import type { NetworkNames } from '../../network/network-names.ts';
import type { CgroupsOrReason } from '../../runtimes/cgroups/open-cgroups.ts';
import { type ContainerdReads, containerdChecks } from './containerd-checks.ts';
import { firewallChecks } from './firewall-checks.ts';
import { kernelChecks } from './kernel-checks.ts';
import { type Machine, thisMachine } from './machine.ts';
import { networkChecks } from './network-checks.ts';
import { storageChecks } from './storage-checks.ts';
import { systemChecks } from './system-checks.ts';

export interface DoctorOptions {
  dataDir: string;
  /** Why servers cannot reach their folders; null when they can. */
  unreachable: string | null;
  /** Null on machines without it. */
  containerd: ContainerdReads | null;
  cgroups(): CgroupsOrReason;
  networkNames: NetworkNames;
  firewall: Pick<MachineFirewall, 'report' | 'opens'>;
  machine?: Machine;
}

/** Looks at all that servers depend on, and says in plain words what is missing and how to get it. Changes nothing. */
export class Doctor {
  readonly #options: DoctorOptions;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  async examine(panelTime: number): Promise<DoctorCheck[]> {
    const { machine = thisMachine, containerd, cgroups, networkNames, firewall } = this.#options;
    const checks = await Promise.all([
      containerdChecks(machine, containerd),
      kernelChecks(machine, cgroups()),
      networkChecks(machine, networkNames, firewall),
      firewallChecks(machine, firewall),
      storageChecks(machine, this.#options),
      systemChecks(machine, panelTime),
    ]);
    return checks.flat();
  }
}

export const doctorCallHandlers = (doctor: Doctor): CallHandlers<typeof doctorAgentCalls> => ({
  'node:doctor': async ({ panelTime }) => ({ checks: await doctor.examine(panelTime) }),
});
