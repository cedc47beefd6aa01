import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import type { ContainerNetwork } from './container-parts.ts';
import { gameFolder } from './sandbox.ts';

/** Files in a container that say who and where its server is, made on the host for each start. */
export interface SystemFiles {
  hosts: string;
  hostname: string;
  resolver: string;
  /** Of a game, which is a user that no image knows; an installation has those of its image. */
  users: string;
  groups: string;
  /** The same at each start: some games are licensed by it. */
  machineId: string;
  /** Of an installation that has one. */
  script: string;
}

/** Writes them in the folder of the start. */
export function writeSystemFiles(
  folder: RunFolder,
  { serverId, script }: Pick<Launch, 'serverId' | 'script'>,
  { hostname, network, uid }: { hostname: string; network: ContainerNetwork; uid: number },
): SystemFiles {
  const files = systemFiles(folder);
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o644 });
  const own = network.addresses.map((address) => `${address.split('/')[0]}\t${hostname}\n`);
  const hosts = ['127.0.0.1\tlocalhost\n', '::1\tlocalhost ip6-localhost ip6-loopback\n', ...own];
  write(files.hosts, own.length > 0 ? hosts.join('') : `${hosts.join('')}127.0.1.1\t${hostname}\n`);
  write(files.hostname, `${hostname}\n`);
  write(files.resolver, network.resolvConf);
  write(files.users, `root:x:0:0:root:/root:/bin/sh\ncontainer:x:${uid}:${uid}::${gameFolder}:/bin/sh\n`);
  write(files.groups, `root:x:0:\ntty:x:5:\ncontainer:x:${uid}:\n`);
  write(files.machineId, `${createHash('md5').update(serverId).digest('hex')}\n`);
  if (script !== undefined) write(files.script, script.replace(/\r\n?/g, '\n'));
  return files;
}

export function systemFiles(folder: RunFolder): SystemFiles {
  const file = (name: string) => join(folder.path, name);
  return {
    hosts: file('hosts'),
    hostname: file('hostname'),
    resolver: file('resolv.conf'),
    users: file('passwd'),
    groups: file('group'),
    machineId: file('machine-id'),
    script: file('install.sh'),
  };
}
