import { AppError } from '@catalyst/shared/contract/errors';
import type { Page } from 'playwright-core';
import { accountScreens } from './account-screens.ts';
import { auditScreens } from './audit-screens.ts';
import type { DataSet } from './data-sets.ts';
import { admin, ids, nodes, servers } from './example-data.ts';
import { fileScreens } from './file-screens.ts';
import { heading, seen, skeleton } from './look-for.ts';
import { peopleScreens } from './people-screens.ts';
import type { Answers } from './stub-routes.ts';
import { templateScreens } from './template-screens.ts';

/** A state of the interface that was designed, how to get there, and what must be seen before it is looked at. */
export interface Screen {
  name: string;
  path: string;
  /** The name in the address; an address by number has no passkeys. */
  host?: 'localhost';
  /** The data sets it is made with. */
  dataSets: DataSet[];
  answers?: Answers;
  act?: (page: Page, dataSet: DataSet) => Promise<unknown>;
  /** Text or role that shows it is there. */
  shown: (page: Page, dataSet: DataSet) => Promise<unknown>;
}

const all: DataSet[] = ['empty', 'loading', 'full', 'failing'];
const terminalText = (page: Page, text: string) =>
  page.locator('.xterm-rows').getByText(text).first().waitFor();
const signedOut: Answers = {
  'sessions.me': () => {
    throw new AppError('unauthenticated', 'Nobody is signed in');
  },
};

export const screens: Screen[] = [
  {
    name: 'sign-in',
    path: '/sign-in',
    dataSets: all,
    answers: signedOut,
    act: async (page, dataSet) => {
      await page.getByLabel('E-mail').waitFor();
      if (dataSet === 'empty') return;
      await page.getByLabel('E-mail').fill('alex@example.org');
      await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
      if (dataSet !== 'full') await page.getByRole('button', { name: 'Sign in' }).click();
    },
    shown: (page, dataSet) =>
      dataSet === 'failing'
        ? seen(page, 'Too many attempts')
        : dataSet === 'loading'
          ? page.locator('button[data-loading]').waitFor()
          : heading(page, /Sign in/),
  },
  {
    name: 'setup',
    path: '/#setup=K7QX-2M4P-9TRW',
    dataSets: all,
    answers: { ...signedOut, 'sessions.setupState': () => ({ required: true, insecureTransport: true }) },
    act: async (page, dataSet) => {
      await page.getByLabel('E-mail').waitFor();
      if (dataSet === 'empty') return;
      const isWrong = dataSet === 'failing';
      await page.getByLabel('E-mail').fill(isWrong ? 'alex' : 'alex@example.org');
      await page.getByLabel('User name').fill(isWrong ? 'Alex!' : 'alex');
      await page.getByRole('textbox', { name: 'Password' }).fill(isWrong ? 'short' : 'correct horse battery');
      if (dataSet !== 'full') await page.getByRole('button', { name: 'Create administrator' }).click();
    },
    shown: (page, dataSet) =>
      dataSet === 'failing' ? seen(page, 'Must be an e-mail address') : heading(page, 'Set up this panel'),
  },
  {
    name: 'servers',
    path: '/servers',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No server yet'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Creative plots'),
        failing: () => seen(page, 'The servers could not be read'),
      })[dataSet](),
  },
  {
    name: 'servers-selected',
    path: '/servers',
    dataSets: ['full'],
    act: async (page) => {
      for (const name of ['Survival', 'Skyblock', 'Build contest 2025']) {
        await page.getByRole('checkbox', { name: `Select ${name}` }).check();
      }
    },
    shown: (page) => seen(page, '3 selected'),
  },
  {
    name: 'servers-bulk-refused',
    path: '/servers',
    dataSets: ['full'],
    answers: {
      'servers.suspend': () => {
        throw new AppError(
          'invalid_state',
          'Somebody else changed this server at the same moment; look again',
        );
      },
    },
    act: async (page) => {
      for (const name of ['Survival', 'Skyblock', 'Overdue account']) {
        await page.getByRole('checkbox', { name: `Select ${name}` }).check();
      }
      // By the keyboard: what sticks to the edge of the page moves while it is scrolled to.
      await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
      await page.getByRole('menuitem', { name: /^Suspend/ }).click();
      await seen(page, '1 server of the selection left out');
      await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
    },
    shown: (page) => seen(page, 'refused by 2 servers'),
  },
  {
    name: 'servers-bulk-delete',
    path: '/servers',
    dataSets: ['full'],
    act: async (page) => {
      for (const name of ['Survival', 'Creative plots', 'Build contest 2025']) {
        await page.getByRole('checkbox', { name: `Select ${name}` }).check();
      }
      // By the keyboard: what sticks to the edge of the page moves while it is scrolled to.
      await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
      await page.getByRole('menuitem', { name: /^Delete/ }).click();
    },
    shown: (page) => page.getByRole('dialog').getByText('1 server of the selection left out').waitFor(),
  },
  {
    name: 'servers-as-cards',
    path: '/servers',
    dataSets: ['full'],
    act: async (page) => {
      const toggle = page.getByRole('button', { name: 'Show as cards' });
      await seen(page, 'Creative plots');
      if (!(await toggle.isVisible())) return;
      await toggle.click();
      // Away from the button, whose hint would cover others.
      await page.mouse.move(0, 0);
    },
    shown: (page) => page.getByRole('listitem').filter({ hasText: 'Survival' }).first().waitFor(),
  },
  {
    name: 'servers-grouped',
    path: '/servers',
    dataSets: ['full'],
    act: async (page) => {
      await seen(page, 'Creative plots');
      await page.getByRole('button', { name: 'Arrange by group' }).click();
      await page.mouse.move(0, 0);
    },
    shown: (page) => seen(page, 'No group'),
  },
  {
    name: 'servers-no-match',
    path: '/servers',
    dataSets: ['full'],
    act: async (page) => {
      await seen(page, 'Creative plots');
      await page
        .getByRole('textbox', { name: 'Filter by name, tag, game, node or address' })
        .fill('nothing like it');
    },
    shown: (page) => seen(page, 'No server matches'),
  },
  {
    name: 'new-server-game',
    path: '/servers/new',
    dataSets: ['empty', 'loading', 'full'],
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'The catalogue is empty'),
        loading: () => skeleton(page),
        full: () => seen(page, 'OpenTTD'),
        failing: () => seen(page, 'OpenTTD'),
      })[dataSet](),
  },
  {
    name: 'new-server-kind',
    path: '/servers/new',
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: 'shooter', exact: true }).click(),
    shown: (page) => page.getByRole('button', { name: /OpenTTD/ }).waitFor({ state: 'detached' }),
  },
  {
    name: 'new-server',
    path: '/servers/new?game=minecraft-js',
    dataSets: ['full', 'failing'],
    answers: {
      'nodes.list': () => ({ items: nodes, nextCursor: null }),
      'servers.list': () => ({ items: [], nextCursor: null }),
    },
    act: async (page, dataSet) => {
      await heading(page, 'Game settings');
      if (dataSet === 'failing') await page.getByRole('button', { name: 'Create server' }).click();
    },
    shown: (page, dataSet) =>
      dataSet === 'failing' ? seen(page, 'lacks packages for this game') : heading(page, 'Game settings'),
  },
  {
    name: 'new-server-invalid',
    path: '/servers/new?game=minecraft-js',
    dataSets: ['full'],
    act: async (page) => {
      await page.getByLabel('Name', { exact: true }).fill('');
      await page.getByLabel('Player slots').fill('900');
      await page.getByText('Advanced').click();
      await page.getByLabel('Port game', { exact: true }).fill('80');
      await page.getByRole('button', { name: 'Create server' }).click();
    },
    shown: (page) => seen(page, 'Must be a whole number from 1 to 200'),
  },
  {
    name: 'new-server-container',
    path: '/servers/new?game=factory',
    dataSets: ['full'],
    answers: {
      'nodes.list': () => ({ items: [nodes[1]], nextCursor: null }),
      'servers.create': () => {
        const message = 'Port 8123/tcp is held by the server "Factory"';
        throw new AppError('port_taken', message, { issues: [{ path: 'portBindings.3.port', message }] });
      },
    },
    act: async (page) => {
      await page.getByText('Advanced').click();
      await page.getByRole('combobox', { name: 'Network' }).click();
      await page.getByRole('option', { name: /^lan/ }).click();
      await page.getByRole('button', { name: 'Add port' }).click();
      await page.getByLabel('Name of the port').fill('map');
      await page.getByLabel('Port map', { exact: true }).fill('8123');
      await page.getByRole('button', { name: 'Create server' }).click();
    },
    shown: (page) => seen(page, 'is held by the server "Factory"'),
  },
  {
    name: 'server-console',
    path: `/servers/${ids.running}`,
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Nothing was printed yet.'),
        loading: () => skeleton(page),
        full: () => terminalText(page, 'joined the game'),
        failing: () => seen(page, 'The console could not be read'),
      })[dataSet](),
  },
  {
    name: 'server-crashed',
    path: `/servers/${ids.crashed}`,
    dataSets: ['full'],
    shown: (page) => terminalText(page, 'joined the game'),
  },
  {
    name: 'server-installing',
    path: `/servers/${ids.installing}`,
    dataSets: ['full'],
    shown: (page) => terminalText(page, 'joined the game'),
  },
  {
    name: 'server-node-offline',
    path: `/servers/${ids.offline}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'Node cellar is offline'),
  },
  {
    name: 'server-long-name',
    path: `/servers/${ids.longName}`,
    dataSets: ['full'],
    shown: (page) => terminalText(page, 'joined the game'),
  },
  {
    // Of someone who may see the server and nothing else.
    name: 'server-viewer',
    path: `/servers/${ids.running}`,
    dataSets: ['full'],
    answers: {
      'sessions.me': () => ({ ...admin, displayName: 'sam', role: 'Viewer', permissions: ['server.read'] }),
      'servers.get': () => ({
        ...servers.find(({ id }) => id === ids.running),
        permissions: ['server.read'],
      }),
    },
    shown: (page) => heading(page, 'How to join'),
  },
  {
    name: 'server-suspended',
    path: `/servers/${ids.suspended}/settings`,
    dataSets: ['full'],
    shown: (page) => heading(page, 'Danger zone'),
  },
  {
    name: 'server-suspended-for-its-owner',
    path: `/servers/${ids.suspended}`,
    dataSets: ['full'],
    answers: {
      'servers.get': () => ({
        ...servers.find(({ id }) => id === ids.suspended),
        permissions: ['server.read', 'activity.read', 'metric.read', 'allocation.read', 'subuser.read'],
      }),
    },
    shown: (page) => seen(page, 'Suspended 2 d ago by Ada'),
  },
  {
    name: 'server-suspend',
    path: `/servers/${ids.running}/settings`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Suspend…' }).click();
      await page.getByLabel('Reason').fill('The invoice of February is not paid');
    },
    shown: (page) => seen(page, 'It is stopped at once'),
  },
  {
    name: 'server-failed',
    path: `/servers/${ids.failed}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'Try again…'),
  },
  {
    name: 'console-dropped',
    path: `/servers/${ids.flooded}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'were not shown, to keep up'),
  },
  {
    name: 'console-find',
    path: `/servers/${ids.running}`,
    dataSets: ['full'],
    act: async (page) => {
      await terminalText(page, 'joined the game');
      await page.getByRole('textbox', { name: 'Command' }).focus();
      await page.keyboard.press('Control+f');
      await page.getByRole('textbox', { name: 'Find in the console' }).fill('horse');
    },
    shown: (page) => seen(page, /of \d+$/),
  },
  {
    name: 'power-menu',
    path: `/servers/${ids.running}`,
    dataSets: ['full'],
    act: async (page) => {
      await terminalText(page, 'joined the game');
      await page.getByRole('button', { name: 'More actions for Survival' }).click();
    },
    shown: (page) => page.getByRole('menuitem', { name: 'Restart' }).waitFor(),
  },
  {
    name: 'server-network',
    path: `/servers/${ids.contained}/network`,
    dataSets: ['full', 'loading', 'failing'],
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Addresses'),
        loading: () => skeleton(page),
        full: () => seen(page, '203.0.113.18:8123'),
        failing: () => seen(page, 'The networks of the node could not be read'),
      })[dataSet](),
  },
  {
    name: 'server-network-conflict',
    path: `/servers/${ids.contained}/network`,
    dataSets: ['full'],
    answers: {
      'servers.update': () => {
        const message = 'Port 8124/tcp is held by java (pid 812)';
        throw new AppError('port_taken', message, { issues: [{ path: 'portBindings.4.port', message }] });
      },
    },
    act: async (page) => {
      await page.getByRole('button', { name: 'Add port' }).click();
      await page.getByLabel('Name of the port').last().fill('stats');
      await page.getByLabel('Port stats', { exact: true }).fill('8124');
      await page.getByRole('button', { name: 'Save' }).click();
    },
    shown: (page) => seen(page, 'Port 8124/tcp is held by java (pid 812)'),
  },
  {
    name: 'server-network-invalid',
    path: `/servers/${ids.contained}/network`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByLabel('Port map', { exact: true }).fill('80');
      await page.getByRole('combobox', { name: 'Network' }).click();
      await page.getByRole('option', { name: /^lan/ }).click();
      await page.getByLabel('Its address').fill('10.0.0.5');
    },
    shown: (page) => seen(page, 'Must be an address of 192.168.7.0/24'),
  },
  {
    name: 'server-network-own-address',
    path: `/servers/${ids.ownAddress}/network`,
    dataSets: ['full'],
    shown: (page) => seen(page, '192.168.7.20:34197'),
  },
  {
    name: 'server-network-process',
    path: `/servers/${ids.running}/network`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'runs as a process'),
  },
  {
    name: 'server-network-read-only',
    path: `/servers/${ids.contained}/network`,
    dataSets: ['full'],
    answers: {
      'servers.get': () => ({
        ...servers.find(({ id }) => id === ids.contained),
        permissions: ['server.read', 'console.read'],
      }),
    },
    shown: (page) => seen(page, 'Only an administrator can change it.'),
  },
  {
    name: 'server-settings-container',
    path: `/servers/${ids.contained}/settings`,
    dataSets: ['full'],
    act: (page) => page.getByLabel('Cores', { exact: true }).fill('all of them'),
    shown: (page) => seen(page, 'Must be a list of cores'),
  },
  {
    name: 'server-settings',
    path: `/servers/${ids.running}/settings`,
    dataSets: ['full', 'loading', 'failing'],
    act: async (page, dataSet) => {
      if (dataSet !== 'failing') return;
      await page.getByLabel('Name', { exact: true }).fill('');
    },
    shown: (page, dataSet) =>
      dataSet === 'loading'
        ? skeleton(page)
        : dataSet === 'failing'
          ? seen(page, 'Fill this in')
          : heading(page, 'Danger zone'),
  },
  {
    name: 'server-dry-run',
    path: `/servers/${ids.running}/settings`,
    dataSets: ['full', 'failing'],
    act: (page) => page.getByRole('button', { name: 'Show what the next start does' }).click(),
    shown: (page, dataSet) => seen(page, dataSet === 'failing' ? 'could not be found out' : 'stays as it is'),
  },
  {
    name: 'server-clone',
    path: `/servers/${ids.running}/settings`,
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: 'Clone…' }).click(),
    shown: (page) => seen(page, 'Worlds and other files are not copied'),
  },
  {
    name: 'server-settings-unsaved',
    path: `/servers/${ids.running}/settings`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByLabel('Player slots').fill('40');
    },
    shown: (page) => seen(page, 'Unsaved changes'),
  },
  {
    name: 'reinstall-server',
    path: `/servers/${ids.stopped}/settings`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Install again…' }).click();
      await page.getByLabel('Wipe them first').check();
    },
    shown: (page) => seen(page, 'to confirm'),
  },
  {
    name: 'delete-server',
    path: `/servers/${ids.stopped}/settings`,
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: 'Delete server' }).click(),
    shown: (page) => seen(page, 'to confirm'),
  },
  {
    name: 'nodes',
    path: '/nodes',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No node yet'),
        loading: () => skeleton(page),
        full: () => seen(page, 'frankfurt-1'),
        failing: () => seen(page, 'The nodes could not be read'),
      })[dataSet](),
  },
  {
    name: 'node',
    path: `/nodes/${nodes[0]?.id}`,
    dataSets: all,
    shown: (page, dataSet) => (dataSet === 'loading' ? skeleton(page) : heading(page, 'About this node')),
  },
  {
    name: 'node-networks',
    path: `/nodes/${nodes[1]?.id}/network`,
    dataSets: ['full', 'empty', 'failing'],
    answers: { 'nodes.get': () => nodes[1] },
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'None of its own'),
        loading: () => skeleton(page),
        full: () => seen(page, 'behind-the-firewall'),
        failing: () => seen(page, 'The networks could not be read'),
      })[dataSet](),
  },
  {
    name: 'add-network',
    path: `/nodes/${nodes[1]?.id}/network`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Add network' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('dmz');
      await page.getByRole('textbox', { name: 'Subnet' }).fill('10.20.0.0/16');
      await page.getByRole('textbox', { name: 'Gateway' }).fill('192.168.7.1');
      await page.getByRole('dialog').getByRole('button', { name: 'Add network' }).click();
    },
    shown: (page) => seen(page, 'Must be in the subnet'),
  },
  {
    name: 'add-network-cni',
    path: `/nodes/${nodes[1]?.id}/network`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Add network' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('overlay');
      await page.getByText('CNI plugins', { exact: true }).click();
      await page.getByRole('textbox', { name: 'Plugins' }).fill('[{ "type": "bridge" ]');
      await page.getByRole('dialog').getByRole('button', { name: 'Add network' }).click();
    },
    shown: (page) => seen(page, 'Must be a JSON list'),
  },
  {
    name: 'add-port-pool',
    path: `/nodes/${nodes[1]?.id}/network`,
    dataSets: ['full'],
    answers: {
      'portPools.create': () => {
        const message = '30000-30010 is in the pool 30000-39999 of all addresses already';
        throw new AppError('conflict', message, { issues: [{ path: 'ports', message }] });
      },
    },
    act: async (page) => {
      await page.getByRole('button', { name: 'Add port pool' }).click();
      await page.getByRole('textbox', { name: 'Ports' }).fill('29990-30010');
      await page.getByRole('textbox', { name: 'Addresses' }).fill('203.0.113.17, 203.0.113.18');
      await page.getByRole('dialog').getByRole('button', { name: 'Add port pool' }).click();
    },
    shown: (page) => seen(page, '30000-30010 is in the pool'),
  },
  {
    name: 'add-ip-pool',
    path: `/nodes/${nodes[1]?.id}/network`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Add IP pool' }).click();
      await page.getByRole('textbox', { name: 'First address' }).fill('192.168.8.10');
      await page.getByRole('textbox', { name: 'Reserved' }).fill('192.168.7.30, 10.0.0.1');
      await page.getByRole('dialog').getByRole('button', { name: 'Add IP pool' }).click();
    },
    shown: (page) => seen(page, 'Must be in 192.168.7.0/24'),
  },
  {
    name: 'node-containers',
    path: `/nodes/${nodes[1]?.id}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'overlayfs'),
  },
  {
    name: 'node-images',
    path: `/nodes/${nodes[1]?.id}/images`,
    dataSets: all,
    // Whose node is known: what is slow is the node itself.
    answers: { 'nodes.get': () => nodes[1] },
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No image yet'),
        loading: () => skeleton(page),
        full: () => seen(page, 'ghcr.io/games/java:21'),
        failing: () => seen(page, 'The images could not be read'),
      })[dataSet](),
  },
  {
    name: 'node-images-none',
    path: `/nodes/${nodes[0]?.id}/images`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'No containers on this node'),
  },
  {
    name: 'node-images-offline',
    path: `/nodes/${nodes[2]?.id}/images`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'The node is offline'),
  },
  {
    name: 'pull-image',
    path: `/nodes/${nodes[1]?.id}/images`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Pull an image' }).click();
      await page.getByRole('textbox', { name: 'Image' }).fill('two words');
      await page.getByRole('button', { name: 'Pull', exact: true }).click();
    },
    shown: (page) => seen(page, 'Must be the name of an image'),
  },
  {
    name: 'import-images',
    path: `/nodes/${nodes[1]?.id}/images`,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Import an archive' }).click();
      await page.getByRole('button', { name: 'Import', exact: true }).click();
    },
    shown: (page) => seen(page, 'Choose an archive'),
  },
  {
    name: 'prune-images',
    path: `/nodes/${nodes[1]?.id}/images`,
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: 'Remove unused' }).click(),
    shown: (page) => seen(page, '1 image goes'),
  },
  {
    name: 'remove-image',
    path: `/nodes/${nodes[1]?.id}/images`,
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: /^Remove registry.example.org/ }).click(),
    shown: (page) => seen(page, 'It was imported'),
  },
  {
    name: 'node-doctor',
    path: `/nodes/${nodes[1]?.id}/doctor`,
    dataSets: all,
    answers: { 'nodes.get': () => nodes[1] },
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Nothing is wrong'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Docker stops the traffic'),
        failing: () => seen(page, 'The node could not be examined'),
      })[dataSet](),
  },
  {
    name: 'node-doctor-all',
    path: `/nodes/${nodes[1]?.id}/doctor`,
    dataSets: ['full'],
    act: (page) => page.getByText('6 things are fine').click(),
    shown: (page) => seen(page, 'containerd 1.6.20 answers'),
  },
  {
    name: 'settings-registries',
    path: '/settings/registries',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No registry added'),
        loading: () => skeleton(page),
        full: () => seen(page, 'registry.example.org:5000'),
        failing: () => seen(page, 'The registries could not be read'),
      })[dataSet](),
  },
  {
    name: 'add-registry',
    path: '/settings/registries',
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'Add a registry' }).click();
      await page.getByLabel('Host').fill('https://user@registry');
      await page.getByLabel('Without TLS').check();
      await page.getByLabel('User name').fill('games-robot');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
    },
    shown: (page) => seen(page, 'Must be a host name, with a port if it needs one'),
  },
  {
    name: 'edit-registry',
    path: '/settings/registries',
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: 'Change registry.example.org:5000' }).click(),
    shown: (page) => seen(page, 'Empty: the password stays.'),
  },
  {
    name: 'add-node',
    path: '/nodes',
    dataSets: ['full'],
    act: (page) => page.getByRole('button', { name: 'Add node' }).click(),
    shown: (page) => page.getByLabel('Public address').waitFor(),
  },
  {
    name: 'link-node',
    path: `/nodes/${nodes[3]?.id}`,
    dataSets: ['full', 'failing'],
    answers: { 'nodes.get': () => nodes[3] },
    act: (page) => page.getByRole('button', { name: 'Link its agent' }).click(),
    shown: (page, dataSet) =>
      dataSet === 'failing' ? seen(page, 'No token was made') : seen(page, /Expires in/),
  },
  {
    name: 'settings-appearance',
    path: '/settings',
    dataSets: ['full'],
    shown: (page) => heading(page, 'Density'),
  },
  {
    name: 'settings-about',
    path: '/settings/about',
    dataSets: ['full', 'loading', 'failing'],
    shown: (page, dataSet) =>
      dataSet === 'failing' ? seen(page, 'could not be read') : heading(page, 'Transport'),
  },
  {
    name: 'palette',
    path: '/servers',
    dataSets: ['empty', 'full'],
    act: async (page, dataSet) => {
      await heading(page, 'Servers');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search or jump to' }).fill(dataSet === 'full' ? 'st' : '');
    },
    shown: (page) => page.getByRole('option').first().waitFor(),
  },
  {
    name: 'operations',
    path: '/servers',
    dataSets: ['empty', 'full'],
    act: (page) => page.getByRole('button', { name: /Background operations/ }).click(),
    shown: (page, dataSet) =>
      dataSet === 'empty'
        ? seen(page, 'Nothing runs in the background.')
        : seen(page, 'Installing Sunday railways'),
  },
  {
    name: 'not-found',
    path: '/nowhere',
    dataSets: ['full'],
    shown: (page) => heading(page, 'Nothing is here'),
  },
  {
    name: 'no-permission',
    path: '/nodes',
    dataSets: ['full'],
    answers: {
      'sessions.me': () => ({
        id: ids.running,
        email: 'sam@example.org',
        name: 'sam',
        displayName: null,
        role: 'user',
        permissions: ['template.read'],
        nodeIds: null,
        createdAt: new Date(),
      }),
    },
    shown: (page) => heading(page, 'Not for your role'),
  },
  {
    name: 'unreachable',
    path: '/servers',
    dataSets: ['failing'],
    answers: {
      'sessions.me': () => {
        throw new AppError('unavailable', 'The panel is starting');
      },
    },
    shown: (page) => seen(page, 'The panel cannot be reached'),
  },
  ...peopleScreens,
  ...fileScreens,
  ...accountScreens,
  ...auditScreens,
  ...templateScreens,
];
