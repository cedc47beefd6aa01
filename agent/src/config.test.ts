import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('works with nothing set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      statsPort: 8080,
      logLevel: 'info',
      containerdSocket: null,
      registryNetworks: [],
    });
    expect(config.dataDir.toLowerCase()).toContain('catalyst');
  });

  it('takes what is set, and an empty variable for none', () => {
    const environment = {
      CATALYST_DATA_DIR: '/srv/games',
      CATALYST_AGENT_STATS_PORT: '0',
      CATALYST_LOG_LEVEL: '',
      CATALYST_CONTAINERD_SOCKET: '/srv/containerd.sock',
      CATALYST_REGISTRY_NETWORKS: '192.168.0.0/16, fd00::/8',
    };
    expect(readConfig(environment)).toEqual({
      dataDir: '/srv/games',
      statsPort: 0,
      logLevel: 'info',
      containerdSocket: '/srv/containerd.sock',
      registryNetworks: ['192.168.0.0/16', 'fd00::/8'],
      hostEnvironment: environment,
    });
  });

  it.each([
    [{ CATALYST_AGENT_STATS_PORT: '70000' }, 'CATALYST_AGENT_STATS_PORT must be'],
    [{ CATALYST_AGENT_STATS_PORT: 'eighty' }, 'CATALYST_AGENT_STATS_PORT must be'],
    [{ CATALYST_LOG_LEVEL: 'loud' }, 'CATALYST_LOG_LEVEL must be one of'],
    [{ CATALYST_REGISTRY_NETWORKS: '10.0.0.0' }, '"10.0.0.0" is none'],
    [{ CATALYST_REGISTRY_NETWORKS: '10.0.0.0/8,' }, '"" is none'],
    [{ CATALYST_REGISTRY_NETWORKS: '10.0.0.0/33' }, '"10.0.0.0/33" is none'],
    [{ CATALYST_REGISTRY_NETWORKS: 'registry.lan/8' }, '"registry.lan/8" is none'],
  ])('refuses %j with a sentence', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });
});
