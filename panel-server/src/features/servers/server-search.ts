import { Brackets, type SelectQueryBuilder } from 'typeorm';
import type { NodeIndex } from '../nodes/node-index.ts';
import type { Templates } from '../templates/templates.service.ts';
import { UserEntity } from '../users/user.entity.ts';
import { AllocationEntity } from './allocation.entity.ts';
import type { ServerRow } from './server.entity.ts';

/** What is known without the database: names that a server's row has only the id of. */
export interface SearchNames {
  nodeIndex: NodeIndex;
  templates: Templates;
}

/** Each word must occur somewhere in what a server shows of itself, its notes apart. */
export function matchWords(query: SelectQueryBuilder<ServerRow>, q: string, names: SearchNames): void {
  for (const [index, word] of words(q).entries()) query.andWhere(matchWord(query, word, index, names));
}

const words = (q: string) => [...new Set(q.toLowerCase().split(/\s+/).filter(Boolean))];

function matchWord(
  query: SelectQueryBuilder<ServerRow>,
  word: string,
  index: number,
  { nodeIndex, templates }: SearchNames,
): Brackets {
  const like = (column: string, text = 'text') => `LOWER(${column}) LIKE :${text}${index} ESCAPE '\\'`;
  const owners = query.subQuery().select('owner.id').from(UserEntity, 'owner').where(like('owner.name'));
  const nodeIds = nodeIndex.all().flatMap(({ id, name }) => (includes(name, word) ? id : []));
  const templateIds = templates.named(word).map(({ id }) => id);
  return new Brackets((any) => {
    any.where(like('server.name'), { [`text${index}`]: containing(word) });
    for (const column of ['description', 'group', 'templateId', 'id', 'nodeId', 'ownerId']) {
      any.orWhere(like(`server.${column}`));
    }
    if (!word.includes(',')) any.orWhere(like('server.tags'));
    any.orWhere(`server.ownerId IN ${owners.getQuery()}`);
    if (nodeIds.length > 0)
      any.orWhere(`server.nodeId IN (:...nodes${index})`, { [`nodes${index}`]: nodeIds });
    if (templateIds.length > 0) {
      any.orWhere(`server.templateId IN (:...templates${index})`, { [`templates${index}`]: templateIds });
    }
    any.orWhere(matchAddress(query, word, index, nodeIndex));
  });
}

/** `host`, `port` or `host:port`, each from its beginning or, for hosts, any part of it. */
function matchAddress(
  query: SelectQueryBuilder<ServerRow>,
  word: string,
  index: number,
  nodeIndex: NodeIndex,
): Brackets {
  const { host, port } = addressOf(word);
  const hostText = { [`host${index}`]: containing(host) };
  const portText = { [`port${index}`]: `${port ?? word}%` };
  const isHost = `LIKE :host${index} ESCAPE '\\'`;
  const isPort = `CAST(allocation.port AS text) LIKE :port${index}`;
  const withPort = query
    .subQuery()
    .select('allocation.serverId')
    .from(AllocationEntity, 'allocation')
    .where(isPort)
    .getQuery();
  const withIp = query
    .subQuery()
    .select('allocation.serverId')
    .from(AllocationEntity, 'allocation')
    .where(`allocation.ip ${isHost}`)
    .getQuery();
  const reachedAt = nodeIndex.all().flatMap((node) => (includes(node.publicAddress, host) ? node.id : []));
  const onHost = new Brackets((any) => {
    any.where(`server.staticIp ${isHost}`, hostText).orWhere(`server.id IN ${withIp}`, hostText);
    if (reachedAt.length > 0)
      any.orWhere(`server.nodeId IN (:...hosts${index})`, { [`hosts${index}`]: reachedAt });
  });
  return new Brackets((any) => {
    if (port !== undefined) {
      any.where(`server.id IN ${withPort}`, portText);
      if (host !== '') any.andWhere(onHost);
      return;
    }
    any.where(onHost);
    if (/^\d{1,5}$/.test(word)) any.orWhere(`server.id IN ${withPort}`, portText);
  });
}

function addressOf(word: string): { host: string; port?: string } {
  const [, host, port] = /^(?:\[(?=.*\]))?(.*?)\]?:(\d{0,5})$/.exec(word) ?? [];
  // More than one colon without brackets is an address of version 6.
  if (host === undefined || (host.includes(':') && !word.startsWith('['))) return { host: word };
  return { host, port: port ?? '' };
}

const includes = (text: string, part: string) => text.toLowerCase().includes(part);
const containing = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
