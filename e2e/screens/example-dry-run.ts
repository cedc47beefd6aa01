import type { StartDryRun } from '@catalyst/shared/features/servers';

const before = `#Minecraft server properties
motd=A Minecraft Server
max-players=20
server-port=25565
rcon.password=
view-distance=10
`;

/** A start that writes two files, and cannot read a third. */
export const dryRun: StartDryRun = {
  command:
    "java -Xms128M -Xmx2048M -Dterminal.jline=false -jar server.jar --port 25565 --motd 'Our first world' --password '•••'",
  environment: {
    MOTD: 'Our first world',
    RCON_PASSWORD: '•••',
    SERVER_IP: '0.0.0.0',
    SERVER_MEMORY_MB: '2048',
    SERVER_PORT: '25565',
    STARTUP: 'java -Xms128M -Xmx{{SERVER_MEMORY}}M -jar server.jar',
  },
  configFiles: [
    {
      path: 'server.properties',
      outcome: 'changed',
      before,
      after: before
        .replace('A Minecraft Server', 'Our first world')
        .replace('max-players=20', 'max-players=40')
        .replace('rcon.password=', 'rcon.password=•••'),
      notes: [],
    },
    {
      path: 'config/bans.json',
      outcome: 'created',
      before: null,
      after: '{\n  "enabled": true\n}\n',
      notes: [],
    },
    {
      path: 'config/paper-global.yml',
      outcome: 'unchanged',
      before: null,
      after: null,
      notes: [
        'config/paper-global.yml was not brought in line with the settings. Line 12 is not valid YAML.',
      ],
    },
  ],
};
