import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import { checkOf } from './check.ts';
import type { Machine } from './machine.ts';

const toleratedSeconds = 30;

export function systemChecks(machine: Machine, panelTime: number): DoctorCheck[] {
  return [...rights(machine), clock(machine, panelTime)];
}

function rights({ platform, isRoot }: Machine): DoctorCheck[] {
  if (platform === 'win32') return [];
  const check = checkOf('root', 'Rights');
  if (isRoot) return [check.ok('The agent runs as root, so each server gets a user of its own.')];
  return [
    check.warning(
      'The agent does not run as root: all servers share its user, and containers are not possible.',
      'Run the agent as root, as its service does.',
    ),
  ];
}

/** Certificates, schedules and the order of console lines depend on it. */
function clock(machine: Machine, panelTime: number): DoctorCheck {
  const check = checkOf('clock', 'Clock');
  const seconds = Math.round((machine.now() - panelTime) / 1000);
  const distance = Math.abs(seconds);
  if (distance <= toleratedSeconds) return check.ok("The clock agrees with the panel's.");
  return check.problem(
    `The clock is ${describe(distance)} ${seconds > 0 ? 'ahead of' : 'behind'} the panel's.`,
    'Let both machines set their clocks over the network.',
    'timedatectl set-ntp true',
  );
}

const describe = (seconds: number) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);
