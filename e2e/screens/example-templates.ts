import { Template, type TemplateInput, type TemplateVersion } from '@catalyst/shared/features/templates';
import { ago, hour, templates } from './example-data.ts';

const script = `#!/bin/ash
# Paper Installation Script
#
# Server Files: /mnt/server
PROJECT=paper

if [ -n "\${DL_PATH}" ]; then
  echo "Using supplied download url: \${DL_PATH}"
  DOWNLOAD_URL=$(eval echo $(echo \${DL_PATH} | sed -e 's/{{/\${/g' -e 's/}}/}/g'))
else
  VER_EXISTS=$(curl -s https://api.papermc.io/v2/projects/\${PROJECT} | jq -r --arg VERSION $MINECRAFT_VERSION '.versions[] | contains($VERSION)' | grep -m1 true)
  LATEST_VERSION=$(curl -s https://api.papermc.io/v2/projects/\${PROJECT} | jq -r '.versions' | jq -r '.[-1]')
fi

cd /mnt/server
curl -o \${SERVER_JARFILE} \${DOWNLOAD_URL}
`;

/** One that came from a community file. */
export const paper: Template = Template.parse({
  id: 'paper',
  version: 3,
  name: 'Paper',
  summary: 'High performance Spigot fork that aims to fix gameplay and mechanics inconsistencies.',
  icon: 'egg',
  images: {
    'Java 21': 'ghcr.io/pterodactyl/yolks:java_21',
    'Java 17': 'ghcr.io/pterodactyl/yolks:java_17',
  },
  processRuntime: false,
  variables: [
    {
      name: 'MINECRAFT_VERSION',
      label: 'Minecraft version',
      description: 'The version of Minecraft to download. Leave at latest to always get the latest version.',
      defaultValue: 'latest',
      rule: {
        kind: 'checks',
        checks: [{ check: 'nullable' }, { check: 'string' }, { check: 'max', amount: 20 }],
      },
    },
    {
      name: 'SERVER_JARFILE',
      label: 'Server jar file',
      description: 'The name of the server jar file to run the server with.',
      defaultValue: 'server.jar',
      rule: {
        kind: 'checks',
        checks: [
          { check: 'required' },
          { check: 'regex', pattern: String.raw`^([\w\d._-]+)(\.jar)$`, ignoreCase: false },
        ],
      },
    },
    {
      name: 'DL_PATH',
      label: 'Download path',
      defaultValue: '',
      rule: { kind: 'checks', checks: [{ check: 'nullable' }, { check: 'string' }] },
      userVisible: false,
      userEditable: false,
    },
    {
      name: 'RCON_PASSWORD',
      label: 'Remote console password',
      defaultValue: '',
      rule: { kind: 'text', minLength: 8, maxLength: 64 },
      userEditable: false,
      secret: true,
    },
  ],
  ports: [
    { name: 'game', label: 'Game', protocol: 'both', preferred: 25565 },
    {
      ...{ name: 'query', label: 'Server list', protocol: 'udp', preferred: 25566 },
      offset: { from: 'game', by: 1 },
    },
  ],
  startup: {
    shell: {
      Default: 'java -Xms128M -XX:MaxRAMPercentage=95.0 -Dterminal.jline=false -jar {{SERVER_JARFILE}}',
    },
  },
  done: { kind: 'lines', anyOf: [')! For help, type '], timeoutSeconds: 300 },
  stop: { kind: 'command', command: 'stop' },
  install: {
    steps: [],
    script: { image: 'ghcr.io/pterodactyl/installers:alpine', entrypoint: 'ash', content: script },
  },
  configFiles: [
    {
      path: 'server.properties',
      parser: 'properties',
      find: {
        'server-ip': '',
        'server-port': '{{server.allocations.default.port}}',
        'query.port': '{{PORT}}',
      },
    },
  ],
  fileDenylist: ['eula.txt', '*.log'],
  features: ['eula', 'java_version'],
  tags: ['minecraft', 'java'],
  author: 'parker@pterodactyl.io',
  updateUrl: 'https://raw.githubusercontent.com/pelican-eggs/minecraft/main/java/paper/egg-paper.json',
  origin: 'imported',
  defaults: { memoryMb: 2048, minimumMemoryMb: 512, cpuCores: 2, diskMb: 4096 },
  howToJoin: 'Multiplayer, add server, {{ADDRESS}}',
} satisfies TemplateInput);

const ownTemplate: Template = {
  ...paper,
  id: 'our-event-server-with-a-name-that-does-not-end',
  version: 12,
  name: 'Our event server with a name that does not want to end at all, ever',
  summary: 'Paper with our plug-ins',
  author: '',
  updateUrl: null,
  tags: ['minecraft', 'java', 'event', 'summer-2026', 'plug-ins'],
  origin: 'own',
};

export const allTemplates: Template[] = [...templates, paper, ownTemplate];

/** As many as a panel has that imported all there are. */
export const thousandTemplates: Template[] = Array.from({ length: 1000 }, (_, index) => ({
  ...paper,
  id: `game-${index}`,
  name: `Game ${index}`,
}));

const older = (changes: Partial<Template>): Template => ({ ...paper, ...changes });
export const versions: TemplateVersion[] = [
  { version: 3, at: ago(3 * hour), actorName: 'alex', template: paper },
  {
    version: 2,
    at: ago(50 * hour),
    actorName: 'mika',
    template: older({
      version: 2,
      images: { 'Java 17': 'ghcr.io/pterodactyl/yolks:java_17' },
      stop: { kind: 'signal', signal: 'SIGINT', timeoutSeconds: 30 },
      install: {
        ...paper.install,
        script: {
          image: 'ghcr.io/pterodactyl/installers:alpine',
          entrypoint: 'ash',
          content: script.replace('PROJECT=paper', 'PROJECT=spigot\nMIRROR=eu'),
        },
      },
    }),
  },
  {
    version: 1,
    at: ago(900 * hour),
    actorName: 'alex',
    template: older({
      version: 1,
      summary: 'Paper',
      images: { 'Java 17': 'ghcr.io/pterodactyl/yolks:java_17' },
    }),
  },
];
