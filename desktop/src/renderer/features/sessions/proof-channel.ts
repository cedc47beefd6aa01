const name = 'catalyst.proof';

/** Tells the other windows of this browser that it was proven who sits there. */
export function tellProof(): void {
  const channel = new BroadcastChannel(name);
  channel.postMessage('proven');
  channel.close();
}

/** Calls when another window says so; answers how to stop. */
export function onProofElsewhere(listener: () => void): () => void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = listener;
  return () => channel.close();
}
