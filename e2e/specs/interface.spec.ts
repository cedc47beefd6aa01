import { AppError } from '@catalyst/shared/contract/errors';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { startDataSet } from '../screens/data-sets.ts';
import { admin, id, ids, nodes, servers } from '../screens/example-data.ts';
import { type StubPanel, startStubPanel } from '../screens/stub-panel.ts';
import type { Answers } from '../screens/stub-routes.ts';

// What the built interface does with what a panel answers and tells. The panel is a stub behind the contract's schemas.

let browser: Browser;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function openPage(panel: StubPanel, path: string): Promise<Page> {
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
  });
  opened.push(panel, context);
  const page = await context.newPage();
  await page.goto(panel.url + path);
  return page;
}

const openFull = async (path: string, changes: Answers = {}) => {
  const panel = await startDataSet('full', changes);
  return { panel, page: await openPage(panel, path) };
};

const refuse =
  (...args: ConstructorParameters<typeof AppError>) =>
  () => {
    throw new AppError(...args);
  };
const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

/** A state as the panel would announce it. */
const stateUpdate = (serverId: string, state: 'running' | 'stopped' | 'crashed', changes = {}) => ({
  serverId,
  state,
  previousState: 'starting' as const,
  reason: null,
  reasonText: null,
  desiredState: 'running' as const,
  exitCode: null,
  crashCount: 0,
  startedAt: new Date().toISOString(),
  nextRestartAt: null,
  at: new Date().toISOString(),
  ...changes,
});

describe('signing in', () => {
  const signedOut: Answers = { 'sessions.me': refuse('unauthenticated', 'Nobody is signed in') };

  it('leads back to the page that was asked for', async () => {
    const { page } = await openFull('/nodes', signedOut);
    await page.getByLabel('E-mail').fill('alex@example.org');
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nodes' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/nodes');
  });

  it('never leads to another site', async () => {
    const { panel, page } = await openFull('/sign-in?next=//evil.example/x', signedOut);
    await page.getByLabel('E-mail').fill('alex@example.org');
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Servers' }).waitFor();
    expect(page.url()).toBe(`${panel.url}/servers`);
  });

  it('is asked for again, on the same page, when the session ends meanwhile', async () => {
    const { panel, page } = await openFull('/servers');
    await row(page, 'Survival').waitFor();
    panel.answers['sessions.me'] = signedOut['sessions.me'] as () => never;
    panel.tell('revoked', { reason: 'signed out elsewhere' });
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  });

  it('tells wrong credentials, too many attempts and an absent panel apart', async () => {
    const { panel, page } = await openFull('/sign-in', {
      ...signedOut,
      'sessions.login': refuse('invalid_credentials', 'No'),
    });
    await page.getByLabel('E-mail').fill('alex@example.org');
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('E-mail or password is wrong').waitFor();
    panel.answers['sessions.login'] = refuse('rate_limited', 'Wait', { retryAfterSeconds: 2 });
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    expect(await page.getByRole('button', { name: /Try again in \d s/ }).isDisabled()).toBe(true);
    // The button comes back by itself when the wait is over.
    await page.getByRole('button', { name: 'Sign in', exact: true, disabled: false }).waitFor();
    panel.setReachable(false);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('The panel cannot be reached').waitFor();
  });
});

it('sets the panel up with the code of the printed address', async () => {
  const bodies: unknown[] = [];
  const { page } = await openFull('/#setup=K7QX-2M4P', {
    'sessions.me': refuse('unauthenticated', 'Nobody'),
    'sessions.setupState': () => ({ required: true, insecureTransport: false }),
    'sessions.setup': ({ body }) => {
      bodies.push(body);
      return { token: 'unused', expiresAt: new Date(Date.now() + 1000), user: admin };
    },
  });
  await page.getByLabel('E-mail').fill('alex@example.org');
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
  expect(await page.getByLabel('User name').inputValue()).toBe('alex');
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByRole('heading', { name: 'Servers' }).waitFor();
  expect(bodies).toEqual([
    { code: 'K7QX-2M4P', email: 'alex@example.org', name: 'alex', password: 'correct horse battery' },
  ]);
});

describe('the list of servers', () => {
  it('follows what the panel tells', async () => {
    const { panel, page } = await openFull('/servers');
    await row(page, 'Lobby').getByText('Starting').waitFor();
    panel.tell('server_state_update', stateUpdate(id(7), 'running'));
    await row(page, 'Lobby').getByText('Running').waitFor();
    panel.tell('server_update', { serverId: id(8), deleted: true });
    await row(page, 'Overdue account').waitFor({ state: 'detached' });
    panel.answers['servers.get'] = ({ params }) => ({ ...servers[0], id: params.id, name: 'Brand new' });
    panel.tell('server_update', { serverId: id(77), deleted: false });
    await row(page, 'Brand new').waitFor();
  });

  it('shows what servers use as it changes', async () => {
    const { panel, page } = await openFull('/servers');
    await row(page, 'Survival').waitFor();
    panel.tell('resource_stats', {
      stats: [
        {
          serverId: ids.running,
          at: new Date().toISOString(),
          cpuPercent: 190,
          memoryBytes: 2 ** 30,
          diskBytes: null,
          pids: 3,
        },
      ],
    });
    await row(page, 'Survival').getByText('95 %').waitFor();
    await row(page, 'Survival').getByText('1 / 2 GiB').waitFor();
  });

  it('acts on one server, and says why when it is refused', async () => {
    const { panel, page } = await openFull('/servers');
    await page.getByRole('button', { name: 'Start Build contest 2025' }).click();
    await row(page, 'Build contest 2025').getByText('Starting').waitFor();
    panel.answers['servers.stop'] = refuse('node_offline', 'Node attic does not answer');
    await page.getByRole('button', { name: 'Stop Survival' }).click();
    await page.getByText('Node attic does not answer').waitFor();
  });

  it('acts on many servers, and asks first when players would notice', async () => {
    const stopped: string[] = [];
    const { page } = await openFull('/servers', {
      'servers.stop': ({ params }) => {
        stopped.push(params.id);
        return { operationId: id(1), state: 'stopping' };
      },
    });
    for (const name of ['Survival', 'Skyblock', 'Build contest 2025']) {
      await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    }
    await page.getByRole('button', { name: 'Stop 2' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stop: 2 servers').waitFor();
    expect(stopped.sort()).toEqual([ids.running, ids.flooded]);
  });

  it('draws a thousand servers by drawing those in sight, page after page', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => ({
      ...servers[0],
      id: id(1000 + n),
      name: `World ${n}`,
    }));
    const { page } = await openFull('/servers', {
      'servers.list': ({ query }) => {
        const from = query.cursor ? many.findIndex((server) => server.id === query.cursor) : 0;
        const found = query.q ? many.filter(({ name }) => name.includes(query.q)) : many;
        const next = from + query.limit;
        return {
          items: found.slice(from, next),
          nextCursor: query.q ? null : (many[next]?.id ?? null),
        };
      },
    });
    await page.getByRole('heading', { name: /Servers\s*1000/ }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(100);
    await page.getByPlaceholder('Filter servers').fill('World 987');
    await row(page, 'World 987').waitFor();
  });
});

it('is used by keyboard alone', async () => {
  const { page } = await openFull('/servers');
  await row(page, 'Survival').waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('skybl');
  await page
    .getByRole('option', { name: /Skyblock/ })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Skyblock' }).waitFor();
  expect(await page.title()).toBe('Skyblock · Catalyst');
});

describe('the console', () => {
  const lineAt = (seq: number, text = `line ${seq}`) => ({
    seq,
    at: new Date().toISOString(),
    stream: 'stdout' as const,
    text,
  });

  /** A console of which every number exists; `asked` are the pages that were read. */
  async function openConsole(options: { last?: number; onSubscribe?: (afterSeq: number) => void } = {}) {
    let last = options.last ?? 40;
    const asked: { after?: number; before?: number; stream?: string }[] = [];
    const commands: string[] = [];
    const panel: StubPanel = await startStubPanel({
      answers: {
        'sessions.me': () => admin,
        'templates.list': () => ({ items: [], nextCursor: null }),
        'nodes.list': () => ({ items: nodes, nextCursor: null }),
        'servers.list': () => ({ items: servers, nextCursor: null }),
        'servers.get': () => servers[0],
        'console.logs': ({ query }) => {
          asked.push(query);
          const to =
            query.after === undefined
              ? (query.before ?? last + 1) - 1
              : Math.min(last, query.after + query.limit);
          const from = query.after === undefined ? Math.max(1, to - query.limit + 1) : query.after + 1;
          const items = Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => ({
            ...lineAt(from + n),
            at: new Date(),
          }));
          return { items, nextCursor: from > 1 ? 'older' : null, firstSeq: 1, lastSeq: last };
        },
      },
      calls: (tell) => ({
        'console:subscribe': ({ serverId, afterSeq = 0 }) => {
          options.onSubscribe?.(afterSeq);
          const missed = Array.from({ length: last - afterSeq }, (_, n) => lineAt(afterSeq + 1 + n));
          if (missed.length > 0) tell('server_log', { serverId, lines: missed });
          return { firstSeq: 1, lastSeq: last };
        },
        'console:unsubscribe': () => ({}),
        console_input: ({ serverId, data }) => {
          commands.push(data);
          last += 1;
          tell('server_log', { serverId, lines: [{ ...lineAt(last, data), stream: 'stdin' }] });
          return { seq: last };
        },
      }),
    });
    const page = await openPage(panel, `/servers/${ids.running}`);
    await page.locator('.xterm-rows').getByText(`line ${last}`, { exact: true }).waitFor();
    const print = (count: number, text?: string) => {
      const lines = Array.from({ length: count }, (_, n) => lineAt(last + 1 + n, text));
      last += count;
      panel.tell('server_log', { serverId: ids.running, lines });
    };
    return {
      panel,
      page,
      asked,
      commands,
      print,
      skip: (count: number) => {
        panel.tell('console:dropped', { serverId: ids.running, fromSeq: last + 1, toSeq: last + count });
        last += count;
      },
      /** Prints while nobody is connected. */
      printUnseen: (count: number) => {
        last += count;
      },
      seen: (text: string) => page.locator('.xterm-rows').getByText(text, { exact: true }).waitFor(),
    };
  }

  it('shows lines as they come, and sends commands that the arrow keys bring back', async () => {
    const { page, print, seen, commands } = await openConsole();
    print(2);
    await seen('line 42');
    const input = page.getByRole('textbox', { name: 'Command' });
    await input.fill('list');
    await input.press('Enter');
    await seen('> list');
    await input.fill('say hi');
    await input.press('Enter');
    await seen('> say hi');
    await input.press('ArrowUp');
    await input.press('ArrowUp');
    expect(await input.inputValue()).toBe('list');
    expect(commands).toEqual(['list', 'say hi']);
  });

  it('says that lines were dropped and loads them by their numbers', async () => {
    const { page, skip, print, seen, asked } = await openConsole();
    skip(5);
    print(1);
    await page.getByText('5 lines were not shown').waitFor();
    await page.getByRole('button', { name: 'Load them' }).click();
    await seen('line 43');
    await page.getByText('5 lines were not shown').waitFor({ state: 'detached' });
    expect(asked.at(-1)).toMatchObject({ after: 40 });
  });

  it('catches up after a cut, without a line missing or twice', async () => {
    const subscribed: number[] = [];
    const { panel, page, printUnseen, seen } = await openConsole({
      onSubscribe: (after) => subscribed.push(after),
    });
    panel.setReachable(false);
    await page.getByText('Reconnecting…', { exact: true }).waitFor();
    printUnseen(3);
    panel.setReachable(true);
    await page.getByText('Reconnected, caught up: 3 lines').waitFor();
    await page.getByText('Caught up', { exact: true }).waitFor();
    await seen('line 43');
    expect(subscribed).toEqual([40, 40]);
    expect(await page.locator('.xterm-rows').getByText('line 41', { exact: true }).count()).toBe(1);
  });

  it('holds still while someone reads further up, and loads older lines there', async () => {
    const { page, print, seen, asked } = await openConsole({ last: 2000 });
    await page.getByRole('textbox', { name: 'Command' }).press('PageUp');
    await page.getByRole('button', { name: /Jump to the end/ }).waitFor();
    print(7);
    await page.getByText('7 lines below').waitFor();
    expect(await page.locator('.xterm-rows').getByText('line 2007', { exact: true }).count()).toBe(0);
    await page.getByRole('textbox', { name: /^Output/ }).press('Home');
    await expect
      .poll(() => asked, { timeout: 10_000 })
      .toContainEqual(expect.objectContaining({ before: 1501 }));
    await page.getByRole('button', { name: /Jump to the end/ }).click();
    await seen('line 2007');
  });

  it('finds text from the newest line back, and forth again', async () => {
    const { page } = await openConsole();
    await page.getByRole('textbox', { name: 'Command' }).press('Control+f');
    const find = page.getByRole('textbox', { name: 'Find in the console' });
    const count = page.getByRole('search').getByRole('status');
    const counted = (text: string) => expect.poll(() => count.textContent(), { timeout: 10_000 }).toBe(text);
    await find.fill('line 3');
    await counted('11 of 11');
    await find.press('Enter');
    await counted('10 of 11');
    await find.press('Shift+Enter');
    await counted('11 of 11');
    await find.fill('nowhere');
    await counted('No match');
    await find.press('Escape');
    await find.waitFor({ state: 'detached' });
  });

  it('shows colours, and copies text without them', async () => {
    const { page, print } = await openConsole({ last: 2 });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    print(1, '\x1b[31mCreeper!\x1b[0m');
    await page.locator('.xterm-rows .xterm-fg-1').getByText('Creeper!', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Copy selection, or all that is loaded' }).click();
    await page.getByText('3 lines copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('line 1\nline 2\nCreeper!');
  });

  it('shows one stream alone when asked', async () => {
    const { page, asked } = await openConsole();
    await page
      .getByRole('combobox', { name: 'Which lines' })
      .or(page.getByLabel('Which lines'))
      .first()
      .click();
    await page.getByRole('option', { name: 'Errors' }).click();
    await expect.poll(() => asked.at(-1)).toMatchObject({ stream: 'stderr' });
  });

  it('takes what is typed during a flood', async () => {
    const { page, print } = await openConsole();
    const input = page.getByRole('textbox', { name: 'Command' });
    await input.focus();
    const flood = setInterval(() => print(500), 10);
    try {
      for (const letter of 'say still here') {
        const before = performance.now();
        await page.keyboard.type(letter);
        expect(performance.now() - before).toBeLessThan(2000);
      }
    } finally {
      clearInterval(flood);
    }
    expect(await input.inputValue()).toBe('say still here');
  });
});

it('creates a server after installing what its node lacks', async () => {
  let isInstalled = false;
  const bodies: { startAfterInstall: boolean; nodeId: string }[] = [];
  const { page } = await openFull('/servers/new?game=openttd', {
    'nodes.installHostPackages': () => {
      isInstalled = true;
      return { installed: ['openttd'], output: '' };
    },
    'servers.create': ({ body }) => {
      bodies.push(body);
      if (!isInstalled) {
        throw new AppError('host_package_missing', 'OpenTTD needs openttd', {
          issues: [{ path: 'hostPackages', message: 'openttd' }],
        });
      }
      return { ...servers[2], name: body.name };
    },
  });
  await page.getByRole('button', { name: 'Create server' }).click();
  await page.getByRole('button', { name: 'Install on attic' }).click();
  await page.waitForURL(`**/servers/${ids.installing}`);
  await page.getByText('Download the server').first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/servers/${ids.installing}`);
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toMatchObject({ templateId: 'openttd', nodeId: nodes[0]?.id, startAfterInstall: true });
});

it('says at the field what the panel refused', async () => {
  const { page } = await openFull('/servers/new?game=openttd', {
    'servers.create': refuse('port_taken', 'Port 3979 on node attic is used by process openttd (pid 812)'),
  });
  await page.getByRole('button', { name: 'Create server' }).click();
  await page.getByText('Port 3979 on node attic is used by process openttd (pid 812)').waitFor();
  expect(await page.getByLabel('Port game', { exact: true }).getAttribute('aria-invalid')).toBe('true');
});

it('keeps unsaved changes until they are saved or given up', async () => {
  const { page } = await openFull(`/servers/${ids.running}/settings`);
  await page.getByLabel('Name', { exact: true }).fill('Hardcore');
  await page.getByRole('link', { name: 'Console' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Hardcore' }).waitFor();
  await page.getByText('Unsaved changes').waitFor({ state: 'detached' });
});
