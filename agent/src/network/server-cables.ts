import { existsSync, readFileSync } from 'node:fs';
import { writeKernelSetting } from './kernel-setting.ts';
import type { NetworkNames } from './network-names.ts';
import { isNamespaceMounted } from './network-namespaces.ts';
import type { RunProgram } from './run-program.ts';

interface ServerPlace {
  serverId: string;
  place: number | null;
}

/** A server's namespace and the cable between it and the host. */
export class ServerCables {
  readonly #names: NetworkNames;
  readonly #run: RunProgram;

  constructor(names: NetworkNames, run: RunProgram) {
    this.#names = names;
    this.#run = run;
  }

  /** The setting that lets packets from 127.0.0.1 into a cable is written last: it shows that the rest is there. */
  isThere(serverId: string, place: number): boolean {
    const isMounted = isNamespaceMounted(this.#names.namespacePath(serverId));
    return isMounted && localSetting(this.#names.cable(place)) === '1';
  }

  async make(serverId: string, place: number, address: string, gateway: string): Promise<void> {
    const [cable, namespace] = [this.#names.cable(place), this.#names.namespace(serverId)];
    const outside = [
      `netns add ${namespace}`,
      `link add name ${cable} type veth peer name eth0 netns ${namespace}`,
      `addr add ${gateway}/32 dev ${cable}`,
      `link set dev ${cable} up`,
      `route replace ${address}/32 dev ${cable}`,
    ];
    const inside = [
      'link set dev lo up',
      `addr add ${address}/32 dev eth0`,
      'link set dev eth0 up',
      `route add ${gateway} dev eth0`,
      `route add default via ${gateway} dev eth0`,
    ];
    const script = [
      'set -e',
      'ip -batch - <<OUTSIDE',
      ...outside,
      'OUTSIDE',
      `ip -n ${namespace} -batch - <<INSIDE`,
      ...inside,
      'INSIDE',
    ];
    await this.#run('sh', ['-c', script.join('\n')]);
    await writeKernelSetting(localSettingFile(cable));
  }

  /** Nothing happens to what is not there. */
  async remove({ serverId, place }: ServerPlace): Promise<void> {
    const [namespace, path] = [this.#names.namespace(serverId), this.#names.namespacePath(serverId)];
    const lines: string[] = [];
    // The cable would go with the namespace, but later than this resolves.
    if (place !== null && localSetting(this.#names.cable(place)) !== null) {
      lines.push(`link delete dev ${this.#names.cable(place)}`);
    }
    if (existsSync(path)) lines.push(`netns delete ${namespace}`);
    if (lines.length > 0)
      await this.#run('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }
}

/** Null when there is no such cable. */
function localSetting(cable: string): string | null {
  try {
    return readFileSync(localSettingFile(cable), 'utf8').trim();
  } catch {
    return null;
  }
}

function localSettingFile(cable: string): string {
  return `/proc/sys/net/ipv4/conf/${cable}/route_localnet`;
}
