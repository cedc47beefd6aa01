import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFolder } from '../run-folder.ts';
import type { NetworkFiles } from './container-mounts.ts';
import type { ContainerNetwork } from './container-parts.ts';

/** Writes what a server reads to find itself and others, in the folder of its start. */
export function writeNetworkFiles(
  folder: RunFolder,
  hostname: string,
  { addresses, resolvConf }: ContainerNetwork,
): NetworkFiles {
  const files = networkFiles(folder);
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o644 });
  const own = addresses.map((address) => `${address.split('/')[0]}\t${hostname}\n`);
  const hosts = ['127.0.0.1\tlocalhost\n', '::1\tlocalhost ip6-localhost ip6-loopback\n', ...own];
  write(files.hosts, own.length > 0 ? hosts.join('') : `${hosts.join('')}127.0.1.1\t${hostname}\n`);
  write(files.hostname, `${hostname}\n`);
  write(files.resolver, resolvConf);
  return files;
}

export function networkFiles(folder: RunFolder): NetworkFiles {
  const file = (name: string) => join(folder.path, name);
  return { hosts: file('hosts'), hostname: file('hostname'), resolver: file('resolv.conf') };
}
