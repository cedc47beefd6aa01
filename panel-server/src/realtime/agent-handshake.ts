import { AppError } from '@catalyst/shared/contract/errors';
import { call, MalformedAnswer, type SocketLike } from '@catalyst/shared/contract/rpc';
import { type AgentHello, handshakeText } from '@catalyst/shared/features/agent-link';
import { handshakeCalls } from '@catalyst/shared/link';
import { randomToken } from '@catalyst/shared/node/random-token';
import { isSignedBy, type SigningKey } from '@catalyst/shared/node/signing-key';

/**
 * Proves the panel to an agent and has the agent prove that it holds the key of its hello. Answers the secret of a
 * deployment token, when the agent sent one. Throws `unauthenticated` for a proof that is not one.
 */
export async function shakeHands(
  socket: SocketLike,
  { publicKey, nodeId, nonce: agentNonce }: AgentHello,
  panel: Pick<SigningKey, 'publicKey' | 'sign'>,
): Promise<{ enrolmentSecret: string | undefined }> {
  const panelNonce = randomToken();
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
