import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('works with nothing set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ statsPort: 8080, logLevel: 'info', containerdSocket: null });
    expect(config.dataDir.toLowerCase()).toContain('catalyst');
  });

  it('takes what is set, and an empty variable for none', () => {
    const environment = {
      CATALYST_DATA_DIR: '/srv/games',
      CATALYST_AGENT_STATS_PORT: '0',
      CATALYST_LOG_LEVEL: '',
      CATALYST_CONTAINERD_SOCKET: '/srv/containerd.sock',
    };
    expect(readConfig(environment)).toEqual({
      dataDir: '/srv/games',
      statsPort: 0,
      logLevel: 'info',
      containerdSocket: '/srv/containerd.sock',
      hostEnvironment: environment,
    });
  });

  it.each([
    [{ CATALYST_AGENT_STATS_PORT: '70000' }, 'CATALYST_AGENT_STATS_PORT must be'],
    [{ CATALYST_AGENT_STATS_PORT: 'eighty' }, 'CATALYST_AGENT_STATS_PORT must be'],
    [{ CATALYST_LOG_LEVEL: 'loud' }, 'CATALYST_LOG_LEVEL must be one of'],
  ])('refuses %j with a sentence', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });
});
