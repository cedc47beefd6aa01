import type { Locations } from './locations.ts';

/** Would make our Node behave like something else: flags, preloaded modules, Electron's own switches. */
const foreign = /^(NODE_|ELECTRON_|CATALYST_|npm_)/;
const kept = new Set(['CATALYST_LOG_LEVEL', 'NODE_EXTRA_CA_CERTS']);

/** The environment of the embedded panel: the user's, without what was meant for another panel, for Node or for Electron. */
export function panelEnvironment(
  own: Record<string, string | undefined>,
  locations: Locations,
  port: number,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && (kept.has(name) || !foreign.test(name))) environment[name] = value;
  }
  return {
    ...environment,
    CATALYST_DATA_DIR: locations.dataDirectory,
    CATALYST_HOST: '127.0.0.1',
    CATALYST_PORT: String(port),
    CATALYST_AGENT_ENTRY: locations.agentEntry,
    // Nothing collects figures from a desktop, and another agent may run here.
    CATALYST_AGENT_STATS_PORT: '0',
    CATALYST_INTERFACE_DIR: locations.interfaceDirectory,
  };
}
