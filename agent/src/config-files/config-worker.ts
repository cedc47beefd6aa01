import { parentPort } from 'node:worker_threads';
import { type RewriteJob, rewriteConfig } from './rewrite-config.ts';

parentPort?.on('message', async (job: RewriteJob) => {
  parentPort?.postMessage(await rewriteConfig(job));
});
