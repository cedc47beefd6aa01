import { adminApiKeyRoutes, apiKeyRoutes } from './features/api-keys.ts';
import { consoleRoutes } from './features/console.ts';
import { dataPlaneRoutes } from './features/data-plane.ts';
import { deployRoutes } from './features/deploy.ts';
import { doctorRoutes } from './features/doctor.ts';
import { imageRoutes } from './features/images.ts';
import { networkRoutes } from './features/networks.ts';
import { nodeRoutes } from './features/nodes.ts';
import { registryRoutes } from './features/registries.ts';
import { roleRoutes } from './features/roles.ts';
import { serverRoutes } from './features/servers.ts';
import { sessionRoutes } from './features/sessions.ts';
import { subuserRoutes } from './features/subusers.ts';
import { systemRoutes } from './features/system.ts';
import { templateRoutes } from './features/templates.ts';
import { userRoutes } from './features/users.ts';

/** Every REST route of the panel, by feature. */
export const api = {
  system: systemRoutes,
  sessions: sessionRoutes,
  templates: templateRoutes,
  nodes: nodeRoutes,
  networks: networkRoutes,
  deploy: deployRoutes,
  doctor: doctorRoutes,
  images: imageRoutes,
  registries: registryRoutes,
  servers: serverRoutes,
  console: consoleRoutes,
  users: userRoutes,
  roles: roleRoutes,
  subusers: subuserRoutes,
  apiKeys: apiKeyRoutes,
  adminApiKeys: adminApiKeyRoutes,
  dataPlane: dataPlaneRoutes,
};
