import { describe, expect, it } from 'vitest';
import { cniConfigs } from './cni-configs.ts';

describe('what CNI plugins are given', () => {
  it.each([
    ['macvlan', 'bridge'],
    ['ipvlan', 'l2'],
  ] as const)('is one plugin with a static address in mode %s', (mode, pluginMode) => {
    const network = { mode, parent: 'eth0', address: '192.0.2.50/24', gateway: '192.0.2.1' };
    expect(cniConfigs(network, 'catalyst_a', [])).toEqual([
      {
        cniVersion: '0.4.0',
        name: 'catalyst_a',
        type: mode,
        master: 'eth0',
        mode: pluginMode,
        ...(mode === 'macvlan' && { mac: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/) }),
        ipam: {
          type: 'static',
          addresses: [{ address: '192.0.2.50/24', gateway: '192.0.2.1' }],
          routes: [{ dst: '0.0.0.0/0', gw: '192.0.2.1' }],
        },
      },
    ]);
  });

  it('is one MAC address for each address in mode macvlan, however that is written', () => {
    const macOf = (address: string) =>
      cniConfigs({ mode: 'macvlan', parent: 'eth0', address, gateway: null }, 'n', [])[0]?.mac;
    expect(macOf('2001:db8::5/64')).toBe(macOf('2001:DB8:0::5/96'));
    expect(macOf('2001:db8::5/64')).not.toBe(macOf('2001:db8::6/64'));
  });

  it('has no way out without a gateway, and the right one for IPv6', () => {
    const lan = { mode: 'ipvlan', parent: 'eth0', address: '2001:db8::5/64' } as const;
    expect(cniConfigs({ ...lan, gateway: null }, 'n', [])[0]?.ipam).toEqual({
      type: 'static',
      addresses: [{ address: '2001:db8::5/64' }],
    });
    const [config] = cniConfigs({ ...lan, gateway: '2001:db8::1' }, 'n', []);
    expect(config?.ipam).toMatchObject({ routes: [{ dst: '::/0', gw: '2001:db8::1' }] });
  });

  it('are the plugins of an admin as they are, with ports for those that publish them', () => {
    const plugins = [
      { type: 'bridge', bridge: 'b0' },
      { type: 'portmap', capabilities: { portMappings: true }, runtimeConfig: { mac: 'x' } },
    ];
    const ports = [{ ip: '127.0.0.1', port: 1, protocol: 'tcp', targetPort: 2 } as const];
    const anywhere = [{ ip: '0.0.0.0', port: 3, protocol: 'udp', targetPort: 3 } as const];
    const configs = cniConfigs({ mode: 'cni', name: 'n', plugins }, 'unused', [...ports, ...anywhere]);
    expect(configs[0]).toEqual({ type: 'bridge', bridge: 'b0', cniVersion: '0.4.0', name: 'n' });
    expect(configs[1]).toMatchObject({
      runtimeConfig: {
        mac: 'x',
        portMappings: [
          { hostPort: 1, containerPort: 2, protocol: 'tcp', hostIP: '127.0.0.1' },
          { hostPort: 3, containerPort: 3, protocol: 'udp' },
        ],
      },
    });
  });
});
