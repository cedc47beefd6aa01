import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import type { MachineFirewall } from '../../firewall/machine-firewall.ts';
import { forwardingObstacles } from '../../network/forwarding-obstacles.ts';
import type { NetworkNames } from '../../network/network-names.ts';
import { checkOf, installCommand } from './check.ts';
import type { Machine } from './machine.ts';

const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin'];
/** What modes of networks beyond our own are made of. */
const plugins = ['macvlan', 'ipvlan', 'static'];
/** Games are given ports below; from here on usual machines connect outwards. */
const usualFirstOutgoingPort = 32_768;

/** What private networks of servers need. */
export async function networkChecks(
  machine: Machine,
  names: NetworkNames,
  { opens }: Pick<MachineFirewall, 'opens'>,
): Promise<DoctorCheck[]> {
  if (machine.platform !== 'linux') return [];
  return [
    ...(await Promise.all([programs(machine), forwarding(machine)])),
    ...(await obstacles(machine, names, opens)),
    cniPlugins(machine),
    await outgoingPorts(machine),
  ];
}

async function programs(machine: Machine): Promise<DoctorCheck> {
  const check = checkOf('network-programs', 'Network programs');
  const packages: Record<string, string> = { ip: 'iproute2', nft: 'nftables' };
  const missing = Object.keys(packages).filter((name) => !machine.hasProgram(name));
  if (missing.length > 0) {
    return check.problem(
      `Missing: ${missing.join(' and ')}. Servers in containers get no private networks without.`,
      'Install what is missing.',
      installCommand(...missing.map((name) => packages[name] as string)),
    );
  }
  if (!machine.isRoot) {
    return check.warning(
      'ip and nft are there, but the agent may not use them.',
      'Let the agent run as root, as its service does.',
    );
  }
  const works = await machine.run('nft', ['list', 'tables']).then(
    () => true,
    () => false,
  );
  if (works) return check.ok('ip and nft are there and work.');
  return check.problem(
    'The program nft is there, but the kernel does not take its rules.',
    'Load the module nf_tables; on a virtual machine of a container host ask its provider.',
    'modprobe nf_tables',
  );
}

async function forwarding(machine: Machine): Promise<DoctorCheck> {
  const check = checkOf('ip-forward', 'Forwarding');
  const value = (await machine.readText('/proc/sys/net/ipv4/ip_forward'))?.trim();
  if (value === '1') return check.ok('This machine passes packets on between networks.');
  return check.warning(
    'This machine does not pass packets on between networks yet. The agent turns that on with the first server in a private network.',
    'Turn it on for good, so that it survives other programs that set it.',
    'echo net.ipv4.ip_forward=1 > /etc/sysctl.d/90-catalyst-forward.conf && sysctl --system',
  );
}

/** Each says by itself what to do. */
async function obstacles(machine: Machine, names: NetworkNames, opens: boolean): Promise<DoctorCheck[]> {
  const id = 'forwarding-rules';
  const title = "Others' firewall rules";
  if (!machine.isRoot || !machine.hasProgram('nft')) return [];
  const found = await forwardingObstacles(names, machine.run, opens);
  if (found.length === 0) return [checkOf(id, title).ok('Nothing stops the traffic of private networks.')];
  return found.map((text, index) => {
    const [sentence = text, advice] = text.split(/: (?=allow|add)/);
    const commands = [...(advice ?? '').matchAll(/"((?:iptables|firewall-cmd) [^"]+)"/g)].map(
      ([, command]) => command,
    );
    return checkOf(index === 0 ? id : `${id}-${index + 1}`, title).problem(
      `${sentence}.`,
      adviceOf(advice, commands.length > 0),
      commands.length > 0 ? commands.join(' && ') : null,
    );
  });
}

function adviceOf(advice: string | undefined, isInCommand: boolean): string | null {
  if (isInCommand) return 'Let the traffic of servers through, and keep that over restarts.';
  return advice ? `${advice.charAt(0).toUpperCase()}${advice.slice(1)}` : null;
}

function cniPlugins(machine: Machine): DoctorCheck {
  const check = checkOf('cni-plugins', 'CNI plugins');
  const folder = pluginFolders.find((path) => machine.exists(path));
  const missing = folder ? plugins.filter((name) => !machine.exists(`${folder}/${name}`)) : plugins;
  if (missing.length === 0) return check.ok(`macvlan and ipvlan are in ${folder}.`);
  return check.warning(
    `Not there: ${missing.join(', ')}. Only servers with an address of their own in your network (macvlan, ipvlan) need them.`,
    'Install them when you want such servers.',
    installCommand('containernetworking-plugins'),
  );
}

async function outgoingPorts(machine: Machine): Promise<DoctorCheck> {
  const check = checkOf('port-range', 'Ports');
  const text = await machine.readText('/proc/sys/net/ipv4/ip_local_port_range');
  const [first = usualFirstOutgoingPort, last = 60_999] = (text ?? '').match(/\d+/g)?.map(Number) ?? [];
  if (first >= usualFirstOutgoingPort) {
    return check.ok(`Ports below ${first} are never taken by outgoing connections of this machine.`);
  }
  return check.warning(
    `This machine takes ports from ${first} to ${last} for outgoing connections, so the port of a stopped server may be in use when it starts.`,
    'Leave the lower ports to servers.',
    'echo "net.ipv4.ip_local_port_range=32768 60999" > /etc/sysctl.d/90-catalyst-ports.conf && sysctl --system',
  );
}
