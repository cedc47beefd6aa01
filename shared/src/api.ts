import { accountRoutes } from './features/accounts.ts';
import { adminApiKeyRoutes, apiKeyRoutes } from './features/api-keys.ts';
import { archiveRoutes } from './features/archives.ts';
import { auditRoutes } from './features/audit.ts';
import { consoleRoutes } from './features/console.ts';
import { dataPlaneRoutes } from './features/data-plane.ts';
import { deployRoutes } from './features/deploy.ts';
import { doctorRoutes } from './features/doctor.ts';
import { factorRoutes } from './features/factors.ts';
import { favouriteRoutes } from './features/favourites.ts';
import { fileRoutes } from './features/files.ts';
import { fileTreeRoutes } from './features/files-tree.ts';
import { firewallRoutes } from './features/firewall.ts';
import { imageRoutes } from './features/images.ts';
import { ipPoolRoutes } from './features/ip-pools.ts';
import { keptRoutes } from './features/kept.ts';
import { livePortRoutes } from './features/live-ports.ts';
import { mailRoutes } from './features/mail.ts';
import { networkRoutes } from './features/networks.ts';
import { nodeRoutes } from './features/nodes.ts';
import { oidcRoutes } from './features/oidc.ts';
import { portPoolRoutes } from './features/port-pools.ts';
import { pullRoutes } from './features/pulls.ts';
import { registryRoutes } from './features/registries.ts';
import { roleRoutes } from './features/roles.ts';
import { serverLabelRoutes } from './features/server-labels.ts';
import { serverRoutes } from './features/servers.ts';
import { sessionRoutes } from './features/sessions.ts';
import { settingRoutes } from './features/settings.ts';
import { sftpRoutes, sshKeyRoutes } from './features/sftp.ts';
import { subuserRoutes } from './features/subusers.ts';
import { systemRoutes } from './features/system.ts';
import { templateRoutes } from './features/templates.ts';
import { uploadRoutes } from './features/uploads.ts';
import { userRoutes } from './features/users.ts';

/** Every REST route of the panel, by feature. */
export const api = {
  system: systemRoutes,
  sessions: sessionRoutes,
  accounts: accountRoutes,
  factors: factorRoutes,
  oidc: oidcRoutes,
  templates: templateRoutes,
  nodes: nodeRoutes,
  networks: networkRoutes,
  portPools: portPoolRoutes,
  ipPools: ipPoolRoutes,
  deploy: deployRoutes,
  doctor: doctorRoutes,
  firewall: firewallRoutes,
  livePorts: livePortRoutes,
  images: imageRoutes,
  kept: keptRoutes,
  registries: registryRoutes,
  favourites: favouriteRoutes,
  serverLabels: serverLabelRoutes,
  servers: serverRoutes,
  console: consoleRoutes,
  sftp: sftpRoutes,
  sshKeys: sshKeyRoutes,
  files: { ...fileRoutes, ...fileTreeRoutes },
  pulls: pullRoutes,
  uploads: uploadRoutes,
  archives: archiveRoutes,
  users: userRoutes,
  roles: roleRoutes,
  subusers: subuserRoutes,
  apiKeys: apiKeyRoutes,
  adminApiKeys: adminApiKeyRoutes,
  settings: settingRoutes,
  mail: mailRoutes,
  dataPlane: dataPlaneRoutes,
  audit: auditRoutes,
};
