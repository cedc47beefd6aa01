import { AppError } from '@catalyst/shared/contract/errors';
import { AgentHello, linkProtocolVersion } from '@catalyst/shared/features/agent-link';
import { z } from 'zod';
import { TokenBuckets } from '../token-bucket.ts';

/** What the link asks of, and tells, the nodes feature. */
export interface NodeRegistry {
  /** The key an agent enrolled with, null before; undefined when there is no such node. */
  agentKeyOf(nodeId: string): Promise<string | null | undefined>;
  /** Uses up a deployment token of this node and pins the key; false when the secret is not (or no longer) one. */
  enrol(nodeId: string, agentKey: string, secret: string): Promise<boolean>;
  /** The last connection was refused (`isRefused`), or a second one is kept out while the first stays. */
  remark(nodeId: string, remark: { text: string; isRefused: boolean }): Promise<void>;
  online(nodeId: string, agentVersion: string): Promise<void>;
  offline(nodeId: string): Promise<void>;
}

/** Failed attempts per address. */
const failures = { capacity: 10, perSecond: 1 / 6 };
const coolDownMs = 10_000;

/** Decides whether a hello may go on to the handshake. Throws what the agent is told in a `connect_error`. */
export class AgentAdmission {
  readonly #registry: NodeRegistry;
  readonly #failures = new TokenBuckets(failures);
  readonly #coolDowns = new Map<string, number>();

  constructor(registry: NodeRegistry) {
    this.#registry = registry;
  }

  async admit(auth: unknown, address: string): Promise<AgentHello & { isKnownKey: boolean }> {
    const protocol = z.object({ protocol: z.int() }).safeParse(auth).data?.protocol;
    const parsed = AgentHello.safeParse(auth);
    // A newer agent may say hello in another shape: its version is the better thing to name.
    if (!parsed.success && (protocol === undefined || protocol === linkProtocolVersion)) {
      throw new AppError('invalid_input', 'The hello of the agent does not have the expected shape');
    }
    const nodeId = parsed.data?.nodeId;
    const agentKey = nodeId === undefined ? undefined : await this.#registry.agentKeyOf(nodeId);
    const isKnownKey = parsed.data !== undefined && agentKey === parsed.data.publicKey;
    if (protocol !== linkProtocolVersion || !parsed.data) {
      const refusal = versionRefusal(protocol ?? 0, parsed.data?.agentVersion);
      if (isKnownKey && nodeId)
        await this.#registry.remark(nodeId, { text: refusal.message, isRefused: true });
      throw refusal;
    }
    const hello = parsed.data;
    const remainingMs = (this.#coolDowns.get(hello.nodeId) ?? 0) - Date.now();
    if (remainingMs > 0 && isKnownKey) throw tooMany(remainingMs / 1000);
    // An address must not be able to lock out an agent that has enrolled, so its key is let through to the proof.
    if (!isKnownKey && !this.#failures.has(address)) throw tooMany(1 / failures.perSecond);
    if (agentKey === undefined) {
      this.countFailure(address);
      throw notLinked();
    }
    return { ...hello, isKnownKey };
  }

  /** Somebody at this address could not prove who he is, or had no right to be let in. */
  countFailure(address: string): void {
    this.#failures.take(address);
  }

  /** Keeps a node out for a while: it flooded. */
  coolDown(nodeId: string): void {
    const now = Date.now();
    for (const [id, until] of this.#coolDowns) if (until < now) this.#coolDowns.delete(id);
    this.#coolDowns.set(nodeId, now + coolDownMs);
  }
}

export const notLinked = () =>
  new AppError(
    'unauthenticated',
    'This agent is not linked to the node; link it with a new deployment token',
  );

const tooMany = (retryAfterSeconds: number) =>
  new AppError('rate_limited', 'Too many attempts; try again later', {
    retryAfterSeconds: Math.ceil(retryAfterSeconds),
  });

function versionRefusal(protocol: number, agentVersion: string | undefined): AppError {
  const older = protocol < linkProtocolVersion ? 'agent' : 'panel';
  return new AppError(
    'version_unsupported',
    `The agent${agentVersion ? ` (${agentVersion})` : ''} speaks version ${protocol} of the link and this panel ` +
      `version ${linkProtocolVersion}: update the ${older}. Its servers keep running.`,
  );
}
