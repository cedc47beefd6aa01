import { AppError } from '@catalyst/shared/contract/errors';
import type { FileEntry } from '@catalyst/shared/features/files';
import type { Answers } from './stub-routes.ts';

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const entry = (name: string, sizeBytes: number, hours: number, more: Partial<FileEntry> = {}): FileEntry => ({
  ...{ name, type: 'file', sizeBytes, mode: '0644', modifiedAt: hoursAgo(hours), version: `v-${sizeBytes}` },
  ...more,
});
const folder = (name: string, hours: number) =>
  entry(name, 4096, hours, { type: 'folder' as const, mode: '0755' });

/** What a server of some years has in its folder. */
const files: FileEntry[] = [
  folder('config', 30),
  folder('logs', 0.2),
  folder('mods', 400),
  folder('plugins', 70),
  folder('world', 0.05),
  folder('world_nether', 3),
  entry('current', 12, 900, { type: 'link', leadsTo: 'folder', mode: '0777' }),
  entry('banned-players.json', 812, 2000),
  entry('caf\uFFFD.txt', 40, 5000, { nameBase64: 'Y2Fm6S50eHQ=' }),
  entry('eula.txt', 9, 9000),
  entry('icon.png', 6204, 8000),
  entry('latest.log', 48_211_004, 0.02),
  entry('missing.cfg', 14, 700, { type: 'link', leadsTo: null, mode: '0777' }),
  entry('ops.json', 240, 1400),
  entry('paper-1.21.8-with-a-build-number-so-long-that-no-column-holds-it-204.jar', 51_930_112, 3000),
  entry('server.properties', 1394, 26),
  entry('start.sh', 182, 9000, { mode: '0755' }),
  entry('usercache.json', 20_113, 1),
  entry('world-backup-2026-01.tar.gz', 1_288_490_188, 600, { mode: '0600' }),
];

export const properties = `#Minecraft server properties
allow-flight=false
allow-nether=true
difficulty=normal
enable-query=true
enforce-whitelist=false
gamemode=survival
level-name=world
level-seed=
max-players=20
motd=Survival with friends
online-mode=true
pvp=true
server-port=25565
simulation-distance=8
spawn-protection=16
view-distance=10
white-list=false
`;

const isRoot = ({ path, pathBase64 }: { path?: string; pathBase64?: string }) =>
  (path ?? '') === '' && pathBase64 === undefined;
const statsOf = (name: string) => {
  const found = files.find((file) => file.name === name);
  if (!found) throw new AppError('not_found', 'There is no such file or folder');
  const { name: _, nameBase64: __, ...stats } = found;
  return stats;
};

export const fileAnswers: Answers = {
  'files.list': ({ query }) => ({
    items: isRoot(query) ? files : [entry('spawn.yml', 2048, 4), entry('readme.txt', 620, 40)],
    nextCursor: null,
  }),
  'files.stat': ({ query }) => statsOf(query.path ?? ''),
  'files.read': ({ query }) => ({ ...statsOf(query.path ?? ''), content: properties }),
  'files.write': ({ body }) => statsOf(body.path ?? ''),
  'files.rename': () => undefined,
  'files.delete': () => undefined,
  'sftp.get': () => ({
    ...{ host: 'games.example.net', port: 2022, user: 'ada@example.net.4f0a7c12', problem: null },
    hostKeyFingerprint: 'SHA256:9vZJ3n0m2q8hXx7Jc1sYk5bTQeWfRrUuAaPpLlOoIi4',
  }),
  'sftp.makeToken': () => ({
    ...{ token: 'sft_7Qm2V9kXw4RzN1cTbY8uE3hJ5pL6aD0s', user: 'ada@example.net.4f0a7c12' },
    expiresAt: new Date('2026-11-02T13:00:00Z'),
  }),
};

export const noFileAnswers: Answers = {
  'files.list': () => ({ items: [], nextCursor: null }),
};
