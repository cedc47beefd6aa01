import { AppError } from '@catalyst/shared/contract/errors';
import type { Page } from 'playwright-core';
import { ids } from './example-data.ts';
import { properties } from './file-answers.ts';
import { seen, skeleton } from './look-for.ts';
import type { Screen } from './screens.ts';

const path = `/servers/${ids.running}/files`;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const select = (page: Page, name: string) =>
  page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check();
const command = async (page: Page, file: string, name: string) => {
  await page.getByRole('button', { name: `Actions for ${file}`, exact: true }).click();
  await page.getByRole('menuitem', { name }).click();
};

export const fileScreens: Screen[] = [
  {
    name: 'files',
    path,
    dataSets: ['empty', 'loading', 'full', 'failing'],
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'This folder is empty'),
        loading: () => skeleton(page),
        full: () => seen(page, 'world-backup-2026-01.tar.gz'),
        failing: () => seen(page, 'The folder could not be read'),
      })[dataSet](),
  },
  {
    name: 'files-selected',
    path,
    dataSets: ['full'],
    act: async (page) => {
      await select(page, 'logs');
      await select(page, 'ops.json');
    },
    shown: (page) => seen(page, '2 selected'),
  },
  {
    name: 'files-grid',
    path,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Show as grid').click();
      await page.mouse.move(0, 0);
    },
    shown: (page) => page.locator('td').getByText('server.properties').waitFor(),
  },
  {
    name: 'files-permissions',
    path,
    dataSets: ['full'],
    act: (page) => command(page, 'start.sh', 'Permissions'),
    shown: (page) => page.getByRole('dialog').getByLabel('Octal').waitFor(),
  },
  {
    name: 'files-transfers',
    path,
    dataSets: ['full'],
    answers: {
      'uploads.begin': () => new Promise(() => {}),
      'files.stat': ({ query }) => {
        if (query.path === 'notes.txt') throw new AppError('disk_full', 'The disk of the node is full');
        if (query.path !== 'ops.json') throw new AppError('not_found', 'There is no such file or folder');
        return new Promise(() => {});
      },
    },
    act: (page) =>
      page
        .locator('input[type="file"]')
        .first()
        .setInputFiles(
          ['notes.txt', 'a-mod-with-a-rather-long-name-1.21.8.jar', 'resource-pack.zip', 'spawn.schem'].map(
            (name) => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(200_000) }),
          ),
        ),
    shown: (page) => seen(page, 'The disk of the node is full'),
  },
  {
    name: 'files-compress',
    path,
    dataSets: ['full'],
    act: (page) => command(page, 'start.sh', 'Compress'),
    shown: (page) => page.getByRole('dialog').getByLabel('Format').first().waitFor(),
  },
  {
    name: 'files-search',
    path,
    dataSets: ['full'],
    answers: { 'files.search': () => ({ items: found, endedBy: 'matches' }) },
    act: async (page) => {
      await page.getByRole('button', { name: 'More for this folder' }).click();
      await page.getByRole('menuitem', { name: 'Search here and below' }).click();
      await page.getByLabel('Search for').fill('seed');
      await page.getByRole('dialog').getByRole('button', { name: 'Search', exact: true }).click();
    },
    shown: (page) => seen(page, '3 found'),
  },
  {
    name: 'files-sftp',
    path,
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('button', { name: 'More for this folder' }).click();
      await page.getByRole('menuitem', { name: 'Connect by SFTP' }).click();
      await button(page, 'Make a token').click();
    },
    shown: (page) => seen(page, 'Your token, shown this once'),
  },
  {
    name: 'file-editor',
    path: `${path}/open?path=server.properties`,
    dataSets: ['full'],
    act: async (page) => {
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('rcon.port=25575');
    },
    shown: (page) => seen(page, 'Not saved'),
  },
  {
    name: 'file-conflict',
    path: `${path}/open?path=server.properties`,
    dataSets: ['full'],
    answers: {
      'files.write': () => {
        throw new AppError('precondition_failed', 'The file was changed since it was read');
      },
      'files.read': savedByAnother(),
    },
    act: async (page) => {
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('rcon.port=25575');
      await page.keyboard.press('Control+s');
    },
    shown: (page) => page.getByRole('dialog').getByText('max-players=40').first().waitFor(),
  },
];

const found = [
  { path: 'server.properties', line: 12, text: 'level-seed=-4172144997902289642' },
  { path: 'plugins/Terra/config.yml', line: 1204, text: '  seed: "the-same-seed-as-that-of-the-world"' },
  {
    path: 'logs/2026-10-31-1.log',
    line: 7,
    text: '[12:04:11] [Server thread/INFO]: Seed: [-4172144997902289642]',
  },
];

/** Opened as it was, and read again as somebody else has made it. */
function savedByAnother() {
  let reads = 0;
  const stats = {
    ...{ type: 'file', sizeBytes: properties.length, mode: '0644' },
    ...{ modifiedAt: new Date('2026-11-02T12:00:00Z') },
  };
  return () => {
    reads += 1;
    const isOpening = reads % 2 === 1;
    return {
      ...stats,
      version: isOpening ? 'v-1' : 'v-2',
      content: isOpening
        ? properties
        : properties.replace('max-players=20', 'max-players=40').replace('pvp=true', 'pvp=false'),
    };
  };
}
