import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { call, MalformedAnswer, type SocketLike } from '@catalyst/shared/contract/rpc';
import { type AgentHello, handshakeText } from '@catalyst/shared/features/agent-link';
import { handshakeCalls } from '@catalyst/shared/realtime';
import type { PanelIdentity } from '../identity/panel-identity.ts';

/**
 * Proves the panel to an agent and has the agent prove that it holds the key of its hello. Answers the secret of a
 * deployment token, when the agent sent one. Throws `unauthenticated` for a proof that is not one.
 */
export async function shakeHands(
  socket: SocketLike,
  { publicKey, nodeId, nonce: agentNonce }: AgentHello,
  panel: Pick<PanelIdentity, 'publicKey' | 'sign'>,
): Promise<{ enrolmentSecret: string | undefined }> {
  const panelNonce = randomBytes(32).toString('base64url');
  const parties = { panelKey: panel.publicKey, agentKey: publicKey, nodeId, agentNonce, panelNonce };
  const { signature, enrolmentSecret } = await call(socket, handshakeCalls, 'node_handshake', {
    panelKey: panel.publicKey,
    nonce: panelNonce,
    signature: panel.sign(handshakeText('panel', parties)),
  }).catch((error: unknown) => {
    // Another attempt would bring the same.
    if (!(error instanceof MalformedAnswer)) throw error;
    throw new AppError('invalid_input', 'The proof of the agent does not have the expected shape', {
      cause: error,
    });
  });
  if (!isSignedBy(publicKey, handshakeText('agent', parties), signature)) {
    throw new AppError('unauthenticated', 'The agent does not hold the key it named');
  }
  return { enrolmentSecret };
}

export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}
