import { createLogger } from '../../logger.ts';
import { type RunProgram, runProgram } from '../run-program.ts';
import { ServerNetworks } from '../server-networks.ts';

// An agent that takes networks (`private` or `cni`) through their whole life, and is killed at the n-th program it runs: before the program
// starts, or while it runs. Ends by itself when there are fewer.
const [stateFolder = '', kind = '', killAt = '', moment = ''] = process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');
let count = 0;
const run: RunProgram = (...call) => {
  const isLast = ++count === Number(killAt);
  if (isLast && moment === 'before') {
    die();
    return new Promise(() => {});
  }
  const output = runProgram(...call);
  if (isLast) die();
  return output;
};

const networks = new ServerNetworks({ stateFolder, prefix: 'test', log: createLogger('silent'), run });
const signal = AbortSignal.timeout(20_000);
const port = (number: number) => ({ name: 'game', ip: '0.0.0.0', port: number, protocol: 'both' as const });
const lan = { mode: 'macvlan', parent: 'wan', address: '192.0.2.50/24', gateway: '192.0.2.2' } as const;
const chain = {
  mode: 'cni',
  name: 'custom',
  plugins: [
    {
      type: 'bridge',
      bridge: 'custom0',
      isGateway: true,
      ipam: { type: 'host-local', dataDir: `${stateFolder}/ipam`, ranges: [[{ subnet: '10.99.0.0/24' }]] },
    },
    { type: 'portmap', capabilities: { portMappings: true }, snat: false },
  ],
} as const;

await networks.recover(['kept']);
if (kind === 'private') {
  await networks.attach('kept', { mode: 'bridge' }, [port(25500)], signal);
  await networks.attach('gone', { mode: 'bridge' }, [port(25565)], signal);
  await networks.publish('gone');
  await networks.unpublish('gone');
  await networks.attach('gone', { mode: 'bridge' }, [port(25566)], signal);
  await networks.publish('gone');
} else {
  await networks.attach('lan', lan, [], signal);
  await networks.attach('chain', structuredClone(chain) as never, [port(25567)], signal);
}
for (const serverId of ['gone', 'lan', 'chain', 'kept']) await networks.detach(serverId);
await networks.close();
