import type { Readable } from 'node:stream';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { ImagePrune, NodeImage, NodeImagePull } from '@catalyst/shared/features/images';
import type { ImagePull } from '@catalyst/shared/features/images-link';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { type Caller, isPermitted } from '../../access.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { ClientFeed } from '../../realtime/client-feed.ts';
import type { Tickets } from '../data-plane/tickets.ts';
import { askNode } from '../nodes/ask-node.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import type { RegistriesService } from '../registries/registries.service.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import { PullEnds } from './pull-ends.ts';

interface ImagesParts {
  agents: AgentDoor;
  browsers: ClientFeed;
  nodeIndex: NodeIndex;
  serverIndex: ServerIndex;
  tickets: Tickets;
  registries: RegistriesService;
}

/** An agent that ends a transfer says why; it may come a moment later. */
const reasonWaitMs = 5000;

/** The images on the nodes. They, and what is on its way, are kept by the agents. */
export class ImagesService {
  readonly #parts: ImagesParts;
  readonly #ends = new PullEnds();

  constructor(parts: ImagesParts) {
    this.#parts = parts;
  }

  async list(
    caller: Caller,
    nodeId: string,
    { limit, cursor }: PageQuery,
  ): Promise<Page<NodeImage> & { pulls: NodeImagePull[] }> {
    const { images, pulls } = await askNode(this.#parts, nodeId, 'images:list', {});
    const sorted = images.toSorted((a, b) => (a.reference < b.reference ? -1 : 1));
    const after = sorted.filter(({ reference }) => cursor === undefined || reference > cursor);
    const items = after.slice(0, limit).map(({ serverIds, ...image }) => ({
      ...image,
      pulledAt: new Date(image.pulledAt),
      lastUsedAt: new Date(image.lastUsedAt),
      serverCount: serverIds.length,
      usedBy: serverIds.flatMap((id) => this.#visibleServer(caller, nodeId, id)),
    }));
    return {
      items,
      nextCursor: after.length > limit ? (items.at(-1)?.reference ?? null) : null,
      pulls: pulls.map((pull) => ({ ...pull, nodeId })),
    };
  }

  /** With what an admin said of this image's registry, if anything; no other registry gets its login. */
  async pull(nodeId: string, reference: string, refresh: boolean): Promise<NodeImagePull> {
    const [stored] = await this.#parts.registries.trustedFor([reference]);
    const { pull } = await askNode(this.#parts, nodeId, 'images:pull', {
      pullId: uuid(),
      reference,
      refresh,
      ...(stored && { registry: stored.registry }),
    });
    return { ...pull, nodeId };
  }

  async cancel(nodeId: string, pullId: string): Promise<void> {
    await askNode(this.#parts, nodeId, 'images:cancel', { pullId });
  }

  /** Resolves when all of the archive has reached the agent; rejects with what the agent finds wrong with it. */
  async import(
    nodeId: string,
    archive: Readable,
    { reference, totalBytes }: { reference?: string; totalBytes?: number },
  ): Promise<NodeImagePull> {
    const pullId = uuid();
    const offer = this.#parts.tickets.offer({ nodeId, kind: 'image-import' }, archive);
    const failure = this.#ends.failureOf(nodeId, pullId);
    try {
      const input = { pullId, ticket: offer.id, reference, totalBytes };
      const { pull } = await askNode(this.#parts, nodeId, 'images:import', input);
      const taken = offer.taken.catch((broken) => failure.within(reasonWaitMs, broken));
      await Promise.race([taken, failure.happened]);
      return { ...pull, nodeId };
    } finally {
      offer.cancel();
      failure.forget();
    }
  }

  async remove(nodeId: string, reference: string): Promise<{ freedBytes: number }> {
    return askNode(this.#parts, nodeId, 'images:remove', { reference });
  }

  async prune(nodeId: string, options: z.output<typeof ImagePrune>) {
    return askNode(this.#parts, nodeId, 'images:prune', options);
  }

  /** An agent says how far a pull of its own is. */
  progress(nodeId: string, pull: ImagePull): void {
    this.#ends.note(nodeId, pull);
    this.#parts.browsers.toNode(nodeId, 'image_pull_progress', { ...pull, nodeId });
  }

  #visibleServer(caller: Caller, nodeId: string, id: string): { id: string; name: string }[] {
    const server = this.#parts.serverIndex.find(id);
    // An agent knows nothing about servers of other nodes, whatever it says.
    if (server?.nodeId !== nodeId) return [];
    return isPermitted(caller, 'server.read', server) ? [{ id, name: server.name }] : [];
  }
}
