import type { NetworkNames } from './network-names.ts';
import { ownCables, ownNamespaces } from './network-namespaces.ts';
import type { NetworkRecords } from './network-records.ts';
import type { RunProgram } from './run-program.ts';

/** Removes the namespaces and cables of this agent that no record knows, and files that no record was read from. */
export async function removeOrphans(
  names: NetworkNames,
  records: NetworkRecords,
  run: RunProgram,
): Promise<void> {
  const all = records.all();
  const namespaces = new Set(all.map(({ serverId }) => names.namespace(serverId)));
  const cables = new Set(all.flatMap(({ place }) => (place === null ? [] : [names.cable(place)])));
  const lines = [
    ...ownCables(names)
      .filter((name) => !cables.has(name))
      .map((name) => `link delete dev ${name}`),
    ...ownNamespaces(names)
      .filter((name) => !namespaces.has(name) && /^[A-Za-z0-9_-]+$/.test(name))
      .map((name) => `netns delete ${name}`),
  ];
  if (lines.length > 0) await run('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
  await records.removeLeftovers();
}
