import { consoleClientCalls } from '@catalyst/shared/features/console';
import { consoleAgentEvents } from '@catalyst/shared/features/console-link';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { agentLines } from './agent-lines.ts';
import { consoleAgentHandlers, consoleClientHandlers } from './console.calls.ts';
import { registerConsoleRoutes } from './console.routes.ts';
import { ConsoleService } from './console.service.ts';
import { ConsoleFollowers } from './console-followers.ts';
import { ConsoleRelay } from './console-relay.ts';
import { ConsoleRooms } from './socket-viewer.ts';

export function registerConsole(core: PanelCore): void {
  const { agents, browsers, serverIndex } = core;
  const relay = new ConsoleRelay(agentLines(agents, serverIndex), new ConsoleRooms(core.io));
  core.onClose(() => relay.close());
  const console = new ConsoleService({ ...core, relay });
  const followers = new ConsoleFollowers({ ...core, relay });
  browsers.answer(consoleClientCalls, consoleClientHandlers(console, followers));
  agents.listen(consoleAgentEvents, consoleAgentHandlers(relay));
  agents.watch({ connected: (nodeId) => relay.hold(nodeId), ready: (nodeId) => relay.resume(nodeId) });
  const nameTarget = namedTarget('server', (id) => serverIndex.find(id)?.name);
  registerConsoleRoutes(core.http, { ...core, console, nameTarget });
}
