import type { IncomingMessage } from 'node:http';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Pairing } from '@catalyst/shared/features/agent-link';
import { toDeploymentToken } from '@catalyst/shared/node/deployment-token';
import type { DataSource } from 'typeorm';
import type { Logger } from '../../logger.ts';
import { installCommand, isTrustworthy } from './deploy-command.ts';
import type { AgentPackage, AgentPackages } from './deploy-package.ts';
import { installScript } from './deploy-script.ts';
import { issueSecretAndCode, nodeOfSecret, redeemFetchCode, redeemInstallSecret } from './enrolment.ts';
import type { NodesService } from './nodes.service.ts';

interface DeployParts {
  database: DataSource;
  nodes: NodesService;
  packages: AgentPackages;
  /** What an agent of another machine is told about this panel, which the request reached. */
  pairingFor(request: IncomingMessage, nodeId: string, secret: string): Pairing;
  log: Logger;
}

/** What is said of everything that is not, or no longer, worth anything. */
const spent = () =>
  new AppError('not_found', 'This install command is used, expired or unknown. Make a new one in the panel');

/**
 * How a machine becomes a node. An administrator gets a token, and a command with a code that fetches the install
 * script, once; the script holds a secret that gets the agent's package, and once a token to enrol with.
 */
export class DeployService {
  readonly #parts: DeployParts;

  constructor(parts: DeployParts) {
    this.#parts = parts;
  }

  async issue(
    request: IncomingMessage,
    nodeId: string,
  ): Promise<{ token: string; expiresAt: Date; panelUrl: string; installCommand: string | null }> {
    const { database, nodes, packages, pairingFor, log } = this.#parts;
    const { secret, expiresAt, fetchCode } = await issueSecretAndCode(database, nodes.row(nodeId).id);
    const pairing = pairingFor(request, nodeId, secret);
    const canInstall = packages.arePossible && isTrustworthy(pairing);
    // By the time somebody has copied the command, it is there.
    if (canInstall) packages.get().catch((err: unknown) => log.error({ err }, 'No agent package was made'));
    return {
      token: toDeploymentToken(pairing),
      expiresAt,
      panelUrl: pairing.panelUrl,
      installCommand: canInstall ? installCommand(pairing, fetchCode) : null,
    };
  }

  /** Uses the code up. Throws `not_found`, the same for every code that is none. */
  async script(request: IncomingMessage, fetchCode: string): Promise<{ nodeId: string; script: string }> {
    const { database, packages, pairingFor } = this.#parts;
    // Nobody's code is used up for a package that cannot be made.
    if ((await nodeOfSecret(database, 'fetch', fetchCode)) === null) throw spent();
    const [template, made] = [await packages.script(), await packages.get()];
    const redeemed = await redeemFetchCode(database, fetchCode);
    if (!redeemed) throw spent();
    const pairing = pairingFor(request, redeemed.nodeId, redeemed.secret);
    return { nodeId: redeemed.nodeId, script: installScript(template, pairing, made) };
  }

  /** As often as the secret's holder wants: a download may break off. */
  async package(installSecret: string): Promise<AgentPackage & { nodeId: string }> {
    const nodeId = await nodeOfSecret(this.#parts.database, 'install', installSecret);
    if (nodeId === null) throw spent();
    return { nodeId, ...(await this.#parts.packages.get()) };
  }

  /** Uses the install secret up. */
  async enrolment(
    request: IncomingMessage,
    installSecret: string,
  ): Promise<{ nodeId: string; token: string; expiresAt: Date }> {
    const { database, pairingFor } = this.#parts;
    const redeemed = await redeemInstallSecret(database, installSecret);
    if (!redeemed) throw spent();
    const { nodeId, secret, expiresAt } = redeemed;
    return { nodeId, token: toDeploymentToken(pairingFor(request, nodeId, secret)), expiresAt };
  }
}
