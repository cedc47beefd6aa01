import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { password, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { UserEntity } from '../users/user.entity.ts';

const admin = { email: 'first@example.com', password, name: 'first' };
let test: TestPanel;
afterEach(() => test.close());

const countUsers = () => test.panel.core.database.getRepository(UserEntity).count();

describe.each(testDatabases)('the first administrator on %s', (database) => {
  it('is made with the code that the panel printed, and signed in', async () => {
    test = await testPanel({ database, withoutAdmin: true });
    expect(await test.anonymous.sessions.setupState()).toEqual({ required: true, insecureTransport: false });
    const setupFile = join(test.dataDir, 'run', 'setup-url');
    const url = readFileSync(setupFile, 'utf8').trim();
    expect(url).toBe(`${test.url}/setup#${test.panel.setup.code}`);
    expect(statSync(setupFile).mode & 0o777).toBe(0o600);
    const code = url.split('#')[1] ?? '';
    const { token, user } = await test.anonymous.sessions.setup({ body: { ...admin, code } });
    expect(user.permissions).toContain('*');
    expect(await test.clientFor(token).sessions.me()).toEqual(user);
    await expect.poll(() => existsSync(setupFile), { timeout: 5000 }).toBe(false);
  });

  it('is one, whoever else tries then or after a restart', async () => {
    test = await testPanel({ database, withoutAdmin: true });
    const code = test.panel.setup.code as string;
    await test.anonymous.sessions.setup({ body: { ...admin, code } });
    const again = { body: { ...admin, email: 'second@example.com', name: 'second', code } };
    await expect(test.anonymous.sessions.setup(again)).rejects.toMatchObject({ code: 'not_found' });
    await expect(test.anonymous.sessions.setupState()).rejects.toMatchObject({ code: 'not_found' });
    await test.restart();
    expect(test.panel.setup.code).toBeUndefined();
    await expect(test.anonymous.sessions.setup(again)).rejects.toMatchObject({ code: 'not_found' });
    expect(await countUsers()).toBe(1);
  });

  it('is one when twenty people race', async () => {
    test = await testPanel({ database, withoutAdmin: true });
    const code = test.panel.setup.code as string;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(test, '/api/setup', {
          body: { ...admin, email: `racer${index}@example.com`, name: `racer${index}`, code },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
    expect(await countUsers()).toBe(1);
  });

  it('needs the right code, which cannot be guessed for long', async () => {
    test = await testPanel({ database, withoutAdmin: true });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      statuses.push((await ask(test, '/api/setup', { body: { ...admin, code: 'guess' } })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await countUsers()).toBe(0);
  });

  it('comes from the environment at the first start only', async () => {
    test = await testPanel({ database });
    expect(await countUsers()).toBe(2);
    await test.panel.core.database.getRepository(UserEntity).update({ name: 'admin' }, { name: 'renamed' });
    await test.restart();
    expect(await countUsers()).toBe(2);
    await expect(test.anonymous.sessions.setupState()).rejects.toMatchObject({ code: 'not_found' });
  });
});

it('refuses a first administrator whose password is too short', async () => {
  const starting = testPanel({ environment: { CATALYST_ADMIN_PASSWORD: 'short' } });
  await expect(starting).rejects.toThrow('CATALYST_ADMIN_PASSWORD must have at least 10 characters');
  test = await testPanel();
});
