import { AppError } from '@catalyst/shared/contract/errors';
import type { ImportNote } from '@catalyst/shared/features/template-import';
import type { BulkImportResult } from '@catalyst/shared/features/templates';
import { allTemplates, paper, versions } from './example-templates.ts';
import type { Answers } from './stub-routes.ts';

const page = (items: unknown[]) => ({ items, nextCursor: null });

const find = (id: string) => {
  const found = allTemplates.find((template) => template.id === id);
  if (!found) throw new AppError('not_found', 'There is no such template');
  return found;
};

const notes: ImportNote[] = [
  {
    path: 'variables.2.rules',
    outcome: 'refused',
    message: 'The rule exists:users asks a database; it is not applied',
  },
  { path: 'config.files', outcome: 'changed', message: 'Text that holds JSON was read as JSON' },
  { path: 'config.startup.done', outcome: 'changed', message: 'One text became a list of one' },
  { path: '_comment', outcome: 'kept', message: 'Not a field of this format' },
  { path: 'meta.update_url', outcome: 'understood', message: 'Where newer versions come from' },
  { path: 'docker_images', outcome: 'understood', message: '4 images' },
  { path: 'variables', outcome: 'understood', message: '6 variables' },
];

/** A file whose name says what becomes of it. */
function importOne(fileName: string): BulkImportResult {
  if (fileName.includes('broken')) {
    const message = 'The file is not JSON: Unexpected token } in JSON at position 1204';
    return { fileName, template: null, report: null, error: { message, issues: [] } };
  }
  if (fileName.includes('strange')) {
    const issues = [
      { path: 'meta.version', message: 'must be PTDL_v1, PTDL_v2 or PLCN_v1 to PLCN_v3' },
      { path: 'startup', message: 'is missing' },
    ];
    const error = { message: 'The file is no community template', issues };
    return { fileName, template: null, report: null, error };
  }
  const id = fileName.replace(/^.*egg-|\.\w+$/g, '');
  const name = id.replaceAll('-', ' ').replace(/\b\w/g, (letter) => letter.toUpperCase());
  const encoding = fileName.endsWith('json') ? 'json' : 'yaml';
  const isPlain = id.length % 2 === 0;
  const some = isPlain ? notes.slice(4) : notes;
  return {
    fileName,
    template: { id, name },
    report: { version: encoding === 'json' ? 'PTDL_v2' : 'PLCN_v1', encoding, notes: some },
    error: null,
  };
}

export const templateAnswers: Answers = {
  'templates.list': () => page(allTemplates),
  'templates.get': ({ params }) => find(params.id),
  'templates.create': ({ body }) => ({
    ...find('paper'),
    ...body,
    id: 'paper-copy',
    version: 1,
    origin: 'own',
  }),
  'templates.update': ({ params, body }) => ({ ...find(params.id), ...body, version: body.version + 1 }),
  'templates.delete': () => {
    throw new AppError('conflict', '2 servers are made of this template');
  },
  'templates.versions': () => page(versions),
  'templates.importMany': ({ body }) => ({
    items: body.files.map(({ fileName }: { fileName: string }) => importOne(fileName)),
  }),
  'templates.importUrl': () => ({
    dryRun: true,
    template: paper,
    report: { version: 'PTDL_v2', encoding: 'json', notes },
  }),
  'templates.refresh': () => ({
    dryRun: true,
    template: { ...paper, version: paper.version + 1 },
    report: { version: 'PTDL_v2', encoding: 'json', notes },
    changes: [
      {
        part: 'startup',
        outcome: 'taken',
        before: paper.startup,
        after: {
          shell: { Default: 'java -XX:MaxRAMPercentage=90.0 -jar {{SERVER_JARFILE}} nogui' },
          environment: {},
        },
      },
      { part: 'tags', outcome: 'taken', before: paper.tags, after: [...paper.tags, 'java 25'] },
      { part: 'summary', outcome: 'kept', before: paper.summary, after: 'High performance Minecraft server' },
    ],
  }),
  'templates.export': () => '{}',
};
