import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('the environment', () => {
  it('may be empty', () => {
    expect(readConfig({ HOME: '/home/me' })).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      firstAdmin: undefined,
      logLevel: 'info',
      allowPlainHttp: false,
      rateLimits: { anonymous: 200, signedIn: 6000, health: 1000, signInFailuresPerAccount: 5 },
    });
  });

  it('decides', () => {
    const config = readConfig({
      CATALYST_DATA_DIR: '/srv/catalyst',
      CATALYST_HOST: 'localhost',
      CATALYST_PORT: '0',
      CATALYST_DATABASE_URL: 'postgres://me@db/catalyst',
      CATALYST_ADMIN_EMAIL: 'a@example.com',
      CATALYST_ADMIN_PASSWORD: 'long enough',
      CATALYST_RATE_LIMITS: '{"anonymous":5}',
      CATALYST_TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16',
      CATALYST_ALLOW_PLAIN_HTTP: 'true',
      CATALYST_LOG_LEVEL: '',
    });
    expect(config).toMatchObject({
      dataDir: '/srv/catalyst',
      host: '127.0.0.1',
      port: 0,
      databaseUrl: 'postgres://me@db/catalyst',
      firstAdmin: { email: 'a@example.com', password: 'long enough' },
      rateLimits: { anonymous: 5, signedIn: 6000 },
      trustedProxies: ['10.0.0.1', '10.1.0.0/16'],
      allowPlainHttp: true,
      logLevel: 'info',
    });
  });

  it.each([
    [{ CATALYST_PORT: '70000' }, 'CATALYST_PORT'],
    [{ CATALYST_PORT: 'http' }, 'CATALYST_PORT'],
    [{ CATALYST_LOG_LEVEL: 'loud' }, 'CATALYST_LOG_LEVEL'],
    [{ CATALYST_RATE_LIMITS: '{"anonymous":' }, 'CATALYST_RATE_LIMITS: is not JSON'],
    [{ CATALYST_RATE_LIMITS: '{"anonymus":5}' }, 'CATALYST_RATE_LIMITS'],
    [{ CATALYST_DATABASE_URL: 'mysql://db' }, 'must start with postgres://'],
    [{ CATALYST_ADMIN_EMAIL: 'a@example.com' }, 'only one of them is set'],
    [{ CATALYST_TLS_KEY: '/key.pem' }, 'only one of them is set'],
    [{ CATALYST_PUBLIC_URL: 'ftp://panel.example' }, 'CATALYST_PUBLIC_URL'],
  ])('that contradicts itself is refused: %o', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message);
  });
});
