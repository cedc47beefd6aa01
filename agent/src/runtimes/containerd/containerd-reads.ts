import type { ContainerdReads } from '../../node/doctor/containerd-checks.ts';
import { introspectionApi } from './api/introspection.ts';
import { snapshotter } from './container-removal.ts';
import type { ContainerdClient } from './containerd-client.ts';
import type { RuncRisk } from './runc-risk.ts';

/** What the doctor asks of containerd. */
export const containerdReads = (client: ContainerdClient, runcRisk: RuncRisk): ContainerdReads => ({
  version: () => client.version(),
  async snapshotterFault() {
    const filters = [`type==io.containerd.snapshotter.v1,id==${snapshotter}`];
    const { plugins } = await client.call(introspectionApi.plugins, { filters });
    const [plugin] = plugins;
    if (!plugin) return 'this containerd was built without it';
    return plugin.initError ? plugin.initError.message : null;
  },
  runcRisk: () => runcRisk.look(),
});
