import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { NewPortBinding, NewServer, ServerClone } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { DataSource } from 'typeorm';
import { type Caller, isPermitted, noSuchServer } from '../../access.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import { hasOwnAddress, networkOf } from '../networks/network-choice.ts';
import type { Templates } from '../templates/templates.service.ts';
import { type Inherited, usualMode } from './create-server.ts';
import { isFollower } from './followed-ports.ts';
import type { ServerRow } from './server.entity.ts';
import type { ServerIndex } from './server-index.ts';
import { openEnvironment } from './server-secrets.ts';
import { imageLabel, startupLabel } from './server-spec.ts';
import { getRecord } from './server-store.ts';
import { mayEditAll } from './server-view.ts';

interface CloneParts {
  database: DataSource;
  secrets: SecretBox;
  templates: Templates;
  serverIndex: ServerIndex;
}

/** What a server has that another one like it is made with. Its files are not among it. */
export class ServerCloning {
  readonly #parts: CloneParts;

  constructor(parts: CloneParts) {
    this.#parts = parts;
  }

  /** Throws `not_found` when the caller may not see the server, `conflict` when its template is gone. */
  async plan(
    id: string,
    { name, nodeId, environment }: ServerClone,
    caller: Caller,
  ): Promise<{ input: NewServer; inherited: Inherited }> {
    const { database, templates, serverIndex, secrets } = this.#parts;
    const { row, ports } = await getRecord(database, id);
    const place = serverIndex.placeOf(row);
    // Whoever may create servers here does not see those of others for that.
    if (!isPermitted(caller, 'server.read', place)) throw noSuchServer();
    const template = templates.find(row.templateId);
    if (!template) throw new AppError('conflict', `The template ${row.templateId} no longer exists`);
    const isHere = isPermitted(caller, 'server.create', { nodeId: row.nodeId });
    const target = nodeId ?? (isHere ? row.nodeId : undefined);
    const isMoved = target !== row.nodeId;
    const network = await networkOf(database, row);
    const hadOwnAddress = hasOwnAddress({ ...row, network });
    const { description, tags, group, notes } = row;
    const input: NewServer = {
      ...{ name, description, tags, group, notes },
      templateId: template.id,
      ...(target !== undefined && { nodeId: target }),
      allocatedMemoryMb: row.allocatedMemoryMb,
      allocatedCpuCores: row.allocatedCpuCores,
      allocatedDiskMb: row.allocatedDiskMb,
      swapMb: row.swapMb,
      pids: row.pids,
      // Cores are those of one machine.
      cpuPinning: isMoved ? null : row.cpuPinning,
      ioWeight: row.ioWeight,
      runtime: row.runtime,
      // As they are now: the template may have lost what was chosen once.
      ...(row.image !== null && { image: imageLabel(row, template) ?? undefined }),
      ...(row.startupLine !== null && { startupLine: startupLabel(row, template) ?? undefined }),
      ...(row.networkMode !== usualMode(row.runtime) && { networkMode: row.networkMode }),
      portBindings: ports.map(({ binding }) =>
        isFollower(template, binding.name)
          ? { name: binding.name, ip: '0.0.0.0', protocol: binding.protocol }
          : withoutNumber(binding, isMoved || hadOwnAddress),
      ),
      environment,
      startAfterInstall: false,
    };
    const values = openEnvironment(secrets, row);
    return {
      input,
      inherited: {
        environment: this.#mayInheritAll(row, caller) ? values : shownOnly(values, template),
        restartPolicy: row.restartPolicy,
      },
    };
  }

  /** In a server of his own somebody may find out what was hidden from him in another's. */
  #mayInheritAll({ ownerId, nodeId }: ServerRow, caller: Caller): boolean {
    return ownerId === caller.userId || mayEditAll(caller, { nodeId });
  }
}

/** The others begin as in a new server. */
function shownOnly(values: Readonly<Record<string, string>>, template: Template): Record<string, string> {
  const shown = template.variables.filter(({ secret, userVisible }) => userVisible && !secret);
  return Object.fromEntries(
    shown.flatMap(({ name }) => (name in values ? [[name, values[name] as string]] : [])),
  );
}

/** The same port at a number that is free; at an address only on the machine that has it. */
function withoutNumber(port: PortBinding, isElsewhere: boolean): NewPortBinding {
  const { name, ip, protocol, targetPort } = port;
  return {
    name,
    ip: isElsewhere ? '0.0.0.0' : ip,
    protocol,
    ...(targetPort !== undefined && { targetPort }),
  };
}
