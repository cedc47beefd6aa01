import { ContainerdClient } from '../containerd-client.ts';
import { openStore } from './store-suite.ts';

// An agent that fetches an image, for a test that kills it.
const [socketPath = '', namespace = '', reference = ''] = process.argv.slice(2);
const client = new ContainerdClient({ socketPath, namespace });
await openStore(client, { stallTimeoutMs: 60_000 }).ensure(reference);
