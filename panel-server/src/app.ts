import { rm } from 'node:fs/promises';
import { meetingPlaces } from '@catalyst/shared/node/data-dir';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import type { Config } from './config.ts';
import { openCore, type PanelCore } from './core.ts';
import { registerAccounts } from './features/accounts/accounts.feature.ts';
import { registerApiKeyRoutes } from './features/api-keys/api-keys.routes.ts';
import { ApiKeysService } from './features/api-keys/api-keys.service.ts';
import { registerAudit } from './features/audit/audit.feature.ts';
import { registerConsole } from './features/console/console.feature.ts';
import { registerDataPlaneRoutes } from './features/data-plane/data-plane.routes.ts';
import { registerDoctorRoutes } from './features/doctor/doctor.routes.ts';
import { registerFiles } from './features/files/files.feature.ts';
import { registerImages } from './features/images/images.feature.ts';
import { registerIpPoolRoutes } from './features/ip-pools/ip-pools.routes.ts';
import { registerKeptRoutes } from './features/kept/kept.routes.ts';
import { registerMailRoutes } from './features/mail/mail.routes.ts';
import { registerNetworkRoutes } from './features/networks/networks.routes.ts';
import { type LocalAgentNeeds, registerNodes } from './features/nodes/nodes.feature.ts';
import { registerPortPoolRoutes } from './features/port-pools/port-pools.routes.ts';
import { registerReferenceRoutes } from './features/reference/reference.routes.ts';
import { registerRegistryRoutes } from './features/registries/registries.routes.ts';
import { RegistriesService } from './features/registries/registries.service.ts';
import { registerRoleRoutes } from './features/roles/roles.routes.ts';
import { RolesService } from './features/roles/roles.service.ts';
import { ServerListCache } from './features/servers/server-list-cache.ts';
import type { ServerSweep } from './features/servers/server-sweep.ts';
import { registerServers, type ServersNeeds } from './features/servers/servers.feature.ts';
import { SetupService } from './features/sessions/setup.service.ts';
import { registerSettingRoutes } from './features/settings/settings.routes.ts';
import { registerSftp } from './features/sftp/sftp.feature.ts';
import { registerSubusers } from './features/subusers/subusers.feature.ts';
import { registerSystemRoutes } from './features/system/system.routes.ts';
import { registerTemplates } from './features/templates/templates.feature.ts';
import type { Templates } from './features/templates/templates.service.ts';
import { UserAdministration } from './features/users/user-administration.ts';
import { UserRemoval } from './features/users/user-removal.ts';
import { registerUserRoutes } from './features/users/users.routes.ts';
import { isLoopback } from './http/client-address.ts';
import type { PanelAddress } from './http/front-door.ts';
import { requireRecentProofs } from './http/recently-authenticated.ts';
import { createLogger, type Logger } from './logger.ts';

export interface Panel {
  core: PanelCore;
  setup: SetupService;
  sweep: ServerSweep;
  /** Until then the panel answers that it is starting. */
  open(): Promise<PanelAddress>;
  close(): Promise<void>;
}

export interface PanelOptions extends Pick<ServersNeeds, 'portRange' | 'sweepEveryMs'>, LocalAgentNeeds {
  log?: Logger;
  /** Instead of the catalogue. */
  templates?: Templates;
}

/** The composition root: what all stand on (`core.ts`), then the features, in order; closed in reverse. */
export async function buildPanel(config: Config, options: PanelOptions = {}): Promise<Panel> {
  const log = options.log ?? createLogger(config.logLevel);
  const closers: (() => unknown)[] = [];
  const starters: ((address: PanelAddress) => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const core = await openCore(config, log, {
      onOpen: (starter) => starters.push(starter),
      onClose: (closer) => closers.push(closer),
    });
    const setup = new SetupService(core);
    await setup.prepare(config.firstAdmin);

    // The features. Each makes its services and says what answers its routes, calls and events.
    requireRecentProofs(core.http, core.sessions);
    registerSystemRoutes(core);
    registerReferenceRoutes(core.http);
    const account = registerAccounts(core, setup);
    registerSettingRoutes(core.http, core.panelSettings);
    registerMailRoutes(core.http, core.mail);
    await registerDataPlaneRoutes(core.http, core.tickets);
    const templates = await registerTemplates(core, options.templates);
    const listCache = new ServerListCache();
    // What somebody sees of a server depends on his rights.
    core.revocations.on(() => listCache.invalidate());
    const { placement } = registerNodes(core, { ...options, templates, listCache });
    registerNetworkRoutes(core);
    registerIpPoolRoutes(core);
    const registries = new RegistriesService(core);
    registerRegistryRoutes(core.http, registries);
    const { sweep } = registerServers(core, {
      ...options,
      templates,
      placement,
      listCache,
      registries,
    });
    registerPortPoolRoutes(core);
    await registerImages(core, registries);
    registerDoctorRoutes(core);
    registerKeptRoutes(core);
    registerConsole(core);
    await registerFiles(core);
    registerSftp(core, account);
    registerRoleRoutes(core.http, new RolesService(core));
    registerUserRoutes(core.http, new UserAdministration({ ...core, removal: new UserRemoval(core) }));
    registerSubusers(core);
    registerApiKeyRoutes(core.http, new ApiKeysService(core));
    registerAudit(core);

    await core.http.ready();
    return {
      core,
      setup,
      sweep,
      close: async () => {
        core.readiness.setStarted(false);
        await close();
      },
      open: async () => {
        core.door.open();
        const address = core.door.addressFor(config.host);
        closers.push(await announceAddress(config.dataDir, address, setup));
        for (const starter of starters) await starter(address);
        core.readiness.setStarted(true);
        if (config.allowPlainHttp && !isLoopback(config.host)) {
          log.warn('Other machines may use plain HTTP: passwords and consoles cross the network readable');
        }
        log.info({ url: address.url }, 'The panel is ready');
        return address;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Files by which other programs of this machine find the panel: its port, and while there is no administrator, the way in. */
async function announceAddress(dataDir: string, { url, port }: PanelAddress, setup: SetupService) {
  const { port: portFile, setupUrl: setupFile } = meetingPlaces(dataDir);
  await rm(setupFile, { force: true });
  if (setup.code) {
    await writeFileAtomically(setupFile, `${url}/setup#${setup.code}\n`);
    setup.onCompleted(() => void rm(setupFile, { force: true }));
  }
  await writeFileAtomically(portFile, `${port}\n`);
  return async () => {
    await rm(portFile, { force: true });
    await rm(setupFile, { force: true });
  };
}
