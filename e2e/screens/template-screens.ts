import { AppError } from '@catalyst/shared/contract/errors';
import type { Page } from 'playwright-core';
import type { DataSet } from './data-sets.ts';
import { admin, servers } from './example-data.ts';
import { paper, thousandTemplates } from './example-templates.ts';
import { heading, seen, skeleton } from './look-for.ts';
import type { Screen } from './screens.ts';
import type { Answers } from './stub-routes.ts';
import { templateAnswers } from './template-answers.ts';

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const page = (items: unknown[]) => ({ items, nextCursor: null });
const broken = () => {
  throw new AppError('internal', 'The panel could not read its database: disk I/O error');
};
const reader: Answers = {
  'sessions.me': () => ({ ...admin, role: 'user', permissions: ['template.read', 'server.create'] }),
};
const onPaper = servers.slice(0, 3).map((server) => ({
  ...server,
  template: { id: paper.id, name: paper.name, icon: paper.icon },
}));

const files = [
  'eggs/minecraft/java/paper/egg-paper.json',
  'eggs/steamcmd_servers/squad/egg-squad.json',
  'eggs/voice/teamspeak/egg-teamspeak3-server.yaml',
  'egg-broken.json',
  'egg-conan-exiles.yml',
  'egg-strange.yaml',
];
async function addFiles(shown: Page): Promise<void> {
  await seen(shown, 'Drop files or a folder here');
  await shown
    .locator('input[type="file"]')
    .first()
    .setInputFiles(files.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('{}') })));
}
async function openEditor(shown: Page, view: 'Form' | 'JSON' | 'Preview' = 'Form'): Promise<void> {
  await shown.getByRole('radio', { name: 'Form' }).waitFor({ state: 'attached' });
  if (view !== 'Form') await shown.getByText(view, { exact: true }).last().click();
}

/** Somebody else saves while the page is open. */
function savedByAnother(): Answers {
  let isSaved = false;
  /** Each visit begins anew. */
  const wasSaved = () => {
    const was = isSaved;
    isSaved = false;
    return was;
  };
  return {
    'templates.get': () =>
      wasSaved() ? { ...paper, version: 4, summary: 'Paper, for the summer', tags: ['minecraft'] } : paper,
    'templates.update': () => {
      isSaved = true;
      throw new AppError('precondition_failed', 'The template was changed: it has version 4 now');
    },
  };
}

export const templateScreens: Screen[] = [
  {
    name: 'templates',
    path: '/templates',
    dataSets: ['empty', 'loading', 'full'],
    shown: (shown: Page, dataSet: DataSet) =>
      ({
        empty: () => seen(shown, 'No template yet'),
        loading: () => skeleton(shown),
        full: () => seen(shown, 'Our event server'),
        failing: () => seen(shown, 'The templates could not be read'),
      })[dataSet](),
  },
  {
    name: 'templates',
    path: '/templates',
    dataSets: ['failing'],
    answers: { 'templates.list': broken },
    shown: (shown) => seen(shown, 'The templates could not be read'),
  },
  {
    name: 'templates-no-match',
    path: '/templates?q=nothing+like+it&origin=own',
    dataSets: ['full'],
    shown: (shown) => seen(shown, 'No template matches'),
  },
  {
    name: 'templates-thousand',
    path: '/templates',
    dataSets: ['full'],
    answers: { 'templates.list': () => page(thousandTemplates) },
    act: async (shown) => {
      await seen(shown, 'Game 10');
      // Cards far off the screen are not drawn, so nobody can say yet what colours they have.
      if (shown.viewportSize()?.width === 360) await shown.getByRole('textbox').fill('game 99');
      else await shown.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    },
    shown: (shown) => seen(shown, 'Game 999'),
  },
  {
    name: 'template',
    path: '/templates/paper',
    dataSets: ['loading', 'full', 'failing'],
    answers: { 'servers.list': () => page(onPaper) },
    shown: (shown: Page, dataSet: DataSet) =>
      dataSet === 'loading'
        ? skeleton(shown)
        : seen(shown, dataSet === 'full' ? 'Server jar file' : 'The template could not be read'),
  },
  {
    name: 'template-built-in',
    path: '/templates/openttd',
    dataSets: ['full'],
    act: (shown) => button(shown, 'More actions').click(),
    shown: (shown) => seen(shown, 'Export as YAML'),
  },
  {
    name: 'template-preview',
    path: '/templates/openttd/preview',
    dataSets: ['full'],
    shown: (shown) => seen(shown, 'SERVER_PORT=3979'),
  },
  {
    name: 'template-read-only',
    path: '/templates/paper',
    dataSets: ['full'],
    answers: reader,
    shown: (shown) => seen(shown, 'Server jar file'),
  },
  {
    name: 'template-gone',
    path: '/templates/nothing',
    dataSets: ['full'],
    shown: (shown) => seen(shown, 'This template does not exist'),
  },
  {
    name: 'template-duplicate',
    path: '/templates/openttd',
    dataSets: ['full'],
    act: (shown) => button(shown, 'Duplicate').click(),
    shown: (shown) => heading(shown, 'Duplicate OpenTTD'),
  },
  {
    name: 'template-update',
    path: '/templates/paper',
    dataSets: ['full', 'failing'],
    answers: { 'templates.get': () => paper },
    act: async (shown) => {
      await button(shown, 'More actions').click();
      await shown.getByRole('menuitem', { name: 'Look for a newer version…' }).click();
    },
    shown: (shown: Page, dataSet: DataSet) =>
      seen(shown, dataSet === 'full' ? 'It stays as it is here.' : 'Where it comes from could not be asked'),
  },
  {
    name: 'template-delete',
    path: '/templates/paper',
    dataSets: ['full', 'failing'],
    answers: {
      'templates.get': () => paper,
      'templates.delete': templateAnswers['templates.delete'] ?? broken,
    },
    act: async (shown, dataSet) => {
      await button(shown, 'More actions').click();
      await shown.getByRole('menuitem', { name: 'Delete' }).click();
      if (dataSet === 'failing')
        await shown.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    },
    shown: (shown, dataSet) =>
      dataSet === 'full'
        ? heading(shown, 'Delete Paper?')
        : seen(shown, '2 servers are made of this template'),
  },
  {
    name: 'template-delete-in-use',
    path: '/templates/paper',
    dataSets: ['full'],
    answers: { 'servers.list': () => page(onPaper) },
    act: async (shown) => {
      await shown.getByRole('link', { name: 'Survival' }).waitFor();
      await button(shown, 'More actions').click();
      await shown.getByRole('menuitem', { name: 'Delete' }).click();
    },
    shown: (shown) => seen(shown, '3 servers are made of it'),
  },
  {
    name: 'template-versions',
    path: '/templates/paper/versions',
    dataSets: ['loading', 'full', 'failing'],
    answers: { 'templates.get': () => paper },
    act: async (shown, dataSet) => {
      if (dataSet === 'full') await button(shown, 'Differences of version 3').click();
    },
    shown: (shown: Page, dataSet: DataSet) =>
      dataSet === 'loading'
        ? skeleton(shown)
        : seen(shown, dataSet === 'full' ? 'MIRROR=eu' : 'The versions could not be read'),
  },
  {
    name: 'template-restore',
    path: '/templates/paper/versions',
    dataSets: ['full'],
    act: (shown) => button(shown, 'Restore version 1').click(),
    shown: (shown) => heading(shown, 'Restore version 1?'),
  },
  {
    name: 'template-edit',
    path: '/templates/paper/edit',
    dataSets: ['full'],
    act: async (shown) => {
      await openEditor(shown);
      await button(shown, /Server jar file/).click();
      await shown.getByLabel('Summary').fill('Paper, as we like it');
    },
    shown: (shown) => seen(shown, 'Saving makes version 4'),
  },
  {
    name: 'template-edit-ports',
    path: '/templates/paper/edit',
    dataSets: ['full'],
    act: async (shown) => {
      await openEditor(shown);
      await button(shown, /Server list/).click();
    },
    shown: (shown) => seen(shown, 'It prefers 25566.'),
  },
  {
    name: 'template-edit-json',
    path: '/templates/paper/edit',
    dataSets: ['full'],
    act: async (shown) => {
      await openEditor(shown, 'JSON');
      const field = shown.getByRole('textbox', { name: 'The template as JSON' });
      const text = await field.inputValue();
      await field.fill(text.replace('"Paper"', '""').replace('"SERVER_JARFILE"', '"1ST JAR"'));
      await button(shown, /variables\.1\.name/).click();
    },
    shown: (shown) => seen(shown, 'Must be letters, digits and _'),
  },
  {
    name: 'template-edit-preview',
    path: '/templates/paper/edit',
    dataSets: ['full'],
    act: (shown) => openEditor(shown, 'Preview'),
    shown: (shown) => seen(shown, '-jar server.jar'),
  },
  {
    name: 'template-edit-refused',
    path: '/templates/paper/edit',
    dataSets: ['full'],
    answers: {
      'templates.update': () => {
        throw new AppError('invalid_input', 'The template is not complete', {
          issues: [{ path: 'variables.1.rule.checks.1.pattern', message: 'takes too long on some texts' }],
        });
      },
    },
    act: async (shown) => {
      await openEditor(shown);
      await shown.getByLabel('Summary').fill('Paper, as we like it');
      await button(shown, 'Save').click();
    },
    shown: (shown) => seen(shown, 'Takes too long on some texts'),
  },
  {
    name: 'template-edit-conflict',
    path: '/templates/paper/edit',
    dataSets: ['full'],
    answers: savedByAnother(),
    act: async (shown) => {
      await openEditor(shown);
      await shown.getByLabel('Summary').fill('Paper, as we like it');
      await button(shown, 'Save').click();
    },
    shown: (shown) => seen(shown, 'Somebody else saved version 4 meanwhile'),
  },
  {
    name: 'template-import',
    path: '/templates/import/files',
    dataSets: ['empty', 'loading', 'full', 'failing'],
    act: async (shown, dataSet) => {
      if (dataSet !== 'empty') await addFiles(shown);
    },
    shown: (shown: Page, dataSet: DataSet) =>
      ({
        empty: () => seen(shown, 'Drop files or a folder here'),
        loading: () => seen(shown, 'Trying 0 of 6'),
        full: () => seen(shown, '4 of 6 files can be imported'),
        failing: () => seen(shown, 'Not all files were tried'),
      })[dataSet](),
  },
  {
    name: 'template-import-web',
    path: '/templates/import/files',
    dataSets: ['full', 'failing'],
    act: async (shown) => {
      await button(shown, 'From the web…').click();
      await shown.getByLabel('Address of the file').fill('https://eggs.example.org/paper/egg-paper.json');
      await button(shown, 'Look at it').click();
    },
    shown: (shown: Page, dataSet: DataSet) =>
      seen(shown, dataSet === 'full' ? 'PTDL_v2, JSON' : 'It could not be imported'),
  },
  {
    name: 'template-import-report',
    path: '/templates/import/files',
    dataSets: ['full'],
    act: async (shown) => {
      await addFiles(shown);
      await button(shown, /Report of .*egg-paper/).click();
    },
    shown: (shown) => seen(shown, 'Kept in the file and never acted upon.'),
  },
  {
    name: 'template-import-refused',
    path: '/templates/import/files',
    dataSets: ['full'],
    act: async (shown) => {
      await addFiles(shown);
      await button(shown, /Report of egg-strange/).click();
    },
    shown: (shown) => seen(shown, 'Why it is refused'),
  },
  {
    name: 'template-import-done',
    path: '/templates/import/files',
    dataSets: ['full'],
    act: async (shown) => {
      await addFiles(shown);
      await button(shown, 'Leave those out').click();
      await button(shown, 'Import 3 templates').click();
    },
    shown: (shown) => seen(shown, '3 templates were imported'),
  },
];
