import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import {
  connectOutside,
  inTime,
  needsPlugins,
  needsPrivateNetwork,
  testNetworks,
  whatIsThere,
} from './testing/test-machine.ts';

const program = fileURLToPath(new URL('./testing/mortal-agent.ts', import.meta.url));
const bridge = { mode: 'bridge' } as const;

describe('an agent killed while it changes networks', () => {
  beforeEach(needsPrivateNetwork);

  for (const [kind, moment, atLeast] of [
    ['private', 'before', 12],
    ['private', 'during', 12],
    ['cni', 'during', 8],
  ] as const) {
    it(`leaves nothing that the next one does not remove (${kind}, killed ${moment} each program)`, async (context) => {
      if (kind === 'cni') needsPlugins(context);
      connectOutside();
      const stateFolder = temporaryFolder();
      await endOfAgent(stateFolder, kind, 0, moment);
      // The CNI plugin keeps its bridge and its chains for good; they are there before, then.
      const before = everything(stateFolder);
      let kills = 0;
      for (; ; kills++) {
        if ((await endOfAgent(stateFolder, kind, kills + 1, moment)) === 'finished') break;
        const { networks } = testNetworks({ stateFolder });
        await networks.recover([]);
        await networks.close();
        await vi.waitFor(() => expect(everything(stateFolder), `after kill ${kills + 1}`).toEqual(before));
      }
      expect(kills).toBeGreaterThanOrEqual(atLeast);
      expect(everything(stateFolder)).toEqual(before);
    }, 120_000);
  }

  it('can go on with a server whose network was half made', async () => {
    connectOutside();
    const before = whatIsThere();
    const stateFolder = temporaryFolder();
    for (let kill = 1; kill <= 6; kill++) {
      expect(await endOfAgent(stateFolder, 'private', kill, 'during')).toBe('killed');
      const { networks } = testNetworks({ stateFolder });
      await networks.recover(['kept']);
      await networks.attach('kept', bridge, [], inTime());
      await networks.publish('kept');
      await networks.detach('kept');
      expect(whatIsThere()).toEqual(before);
    }
  });
});

/** Addresses that CNI plugins gave, and their own rules, as well. */
function everything(stateFolder: string) {
  const ipam = join(stateFolder, 'ipam', 'custom');
  return {
    ...whatIsThere(),
    // Counters of foreign rules are no rules.
    rules: whatIsThere().rules.replaceAll(/counter packets \d+ bytes \d+/g, 'counter'),
    records: readdirSync(join(stateFolder, 'servers')),
    given: (existsSync(ipam) ? readdirSync(ipam) : []).filter((name) => /^\d/.test(name)),
    links: execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.split(':')[1]?.trim().split('@')[0])
      .toSorted(),
  };
}

async function endOfAgent(stateFolder: string, kind: string, killAt: number, moment: string) {
  const child = spawn(process.execPath, [program, stateFolder, kind, String(killAt), moment], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = await once(child, 'exit');
  if (signal === 'SIGKILL') return 'killed';
  expect(code).toBe(0);
  return 'finished';
}
