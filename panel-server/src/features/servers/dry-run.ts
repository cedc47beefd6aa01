import { AppError } from '@catalyst/shared/contract/errors';
import { filledLine } from '@catalyst/shared/features/render-template';
import type { StartDryRun } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { DataSource } from 'typeorm';
import type { Caller } from '../../access.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { networkOf } from '../networks/network-choice.ts';
import { shellWord } from '../templates/shell-word.ts';
import type { Templates } from '../templates/templates.service.ts';
import type { ServerRow } from './server.entity.ts';
import { buildSpec } from './server-spec.ts';
import { getServer, portsOf } from './server-store.ts';
import { mayEditAll } from './server-view.ts';

const hidden = '•••';

interface DryRunParts {
  database: DataSource;
  agents: AgentDoor;
  templates: Templates;
}

/** What the next start would do. Rendered without what the caller may not see, so that nothing of it can come out. */
export async function dryRunStart(
  { database, agents, templates }: DryRunParts,
  serverId: string,
  caller: Caller,
): Promise<StartDryRun> {
  const row = await getServer(database, serverId);
  const template = templates.find(row.templateId);
  if (!template) throw new AppError('conflict', `The template ${row.templateId} no longer exists`);
  const ports = (await portsOf(database, [row.id])).get(row.id) ?? [];
  const spec = {
    ...buildSpec(row, template, shownVariables(row, template, caller), ports, await networkOf(database, row)),
    registries: [],
    revision: row.specRevision,
  };
  const isOnline = agents.isOnline(row.nodeId);
  const plan = isOnline ? await agents.call(row.nodeId, 'server:dry-run', { serverId, spec }) : null;
  return {
    command: commandOf(spec),
    environment: spec.environment,
    configFiles: plan?.files ?? null,
  };
}

function shownVariables(row: ServerRow, { variables }: Template, caller: Caller): Record<string, string> {
  const seesAll = mayEditAll(caller, { nodeId: row.nodeId });
  return Object.fromEntries(
    variables.map(({ name, secret, userVisible, defaultValue }) => {
      const isHidden = secret || !(userVisible || seesAll);
      return [name, isHidden ? hidden : (row.environment[name] ?? defaultValue)];
    }),
  );
}

function commandOf({ argv, environment }: { argv: string[]; environment: Record<string, string> }): string {
  return argv.length > 0 ? argv.map(shellWord).join(' ') : filledLine(environment.STARTUP ?? '', environment);
}
