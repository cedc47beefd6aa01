import { readFile } from 'node:fs/promises';
import { isIP, isIPv4 } from 'node:net';

const hostFile = '/etc/resolv.conf';
/** The servers that systemd-resolved asks, where the host's file names only its own stub. */
const upstreamFile = '/run/systemd/resolve/resolv.conf';

export interface NameResolution {
  /** Content for the server's `/etc/resolv.conf`. */
  text: string;
  nameServers: string[];
}

export interface NameServerOptions {
  /** Instead of the machine's own, as an admin set them. */
  nameServers?: readonly string[];
  files?: readonly string[];
}

/** For servers that share the machine's network: what the machine itself uses. */
export async function hostResolution({
  files = [hostFile],
}: NameServerOptions = {}): Promise<NameResolution> {
  const text = await read(files[0] as string);
  return { text, nameServers: nameServersIn(text) };
}

/**
 * For servers with a network of their own: the machine's name servers that can be reached from there. One on a loopback
 * address cannot; without any other there is no resolution, rather than one by somebody the admin did not choose.
 */
export async function serverResolution(
  canUseIPv6: boolean,
  { nameServers: given, files = [hostFile, upstreamFile] }: NameServerOptions = {},
): Promise<NameResolution> {
  let others = '';
  let nameServers = (given ?? []).filter((address) => isIP(address) !== 0);
  for (const file of nameServers.length > 0 ? files.slice(0, 1) : files) {
    const text = await read(file);
    others = text
      .split('\n')
      .filter((line) => /^(search|domain|options)\s/.test(line))
      .join('\n');
    if (nameServers.length === 0) {
      nameServers = nameServersIn(text).filter((one) => !isLoopback(one) && (canUseIPv6 || isIPv4(one)));
    }
    if (nameServers.length > 0) break;
  }
  const lines = [...nameServers.map((address) => `nameserver ${address}`), ...(others ? [others] : [])];
  return { text: lines.map((line) => `${line}\n`).join(''), nameServers };
}

function nameServersIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /^nameserver\s+(\S+)/.exec(line)?.[1] ?? '')
    .filter((address) => isIP(address) !== 0);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === '0.0.0.0';
}

function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
