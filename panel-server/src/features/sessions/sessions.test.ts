import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { password, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';

describe.each(testDatabases)('sessions on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database });
  });
  afterAll(() => test.close());

  it('signs in with the right password and knows who asks', async () => {
    const { token, user } = await test.anonymous.sessions.login({
      body: { email: 'Admin@Example.com', password },
    });
    expect(await test.clientFor(token).sessions.me()).toEqual(user);
    expect(user).toMatchObject({ email: 'admin@example.com', name: 'admin', permissions: ['*'] });
  });
});
