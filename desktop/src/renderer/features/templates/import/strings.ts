import { formatCount } from '../../../components/units.ts';

const templates = (count: number) => (count === 1 ? '1 template' : `${formatCount(count)} templates`);
const files = (count: number) => (count === 1 ? '1 file' : `${formatCount(count)} files`);

export const strings = {
  title: 'Import templates',
  lead: 'Community templates of Pterodactyl (PTDL v1, v2) and Pelican (PLCN v1 to v3), as JSON or YAML. Each file is tried first: nothing is kept until you say so.',
  web: 'From the web…',
  webTitle: 'Import from the web',
  webAddress: 'Address of the file',
  webHint: 'The panel fetches it, from the public internet and the networks an administrator allows.',
  webLook: 'Look at it',
  webImport: 'Import',
  webFailed: 'It could not be imported',
  webImported: (name: string) => `${name} was imported`,
  drop: 'Drop files or a folder here',
  dropNow: 'Let go to add them',
  dropHint: 'JSON or YAML, at most 1 MiB each',
  chooseFiles: 'Choose files',
  chooseFolder: 'Choose a folder',
  addFiles: 'Add files',
  addFolder: 'Add a folder',
  left: (count: number) => `${files(count)} of another kind ${count === 1 ? 'was' : 'were'} left out.`,
  nothingFound: 'There is no .json, .yaml or .yml file in it.',

  tooLarge: 'A template has at most 1 MiB',
  notText: 'The file is not text in UTF-8',
  notRead: 'The file could not be read. It may have been moved or deleted.',

  checking: (done: number, total: number) => `Trying ${formatCount(done)} of ${formatCount(total)}`,
  importing: (done: number, total: number) => `Importing ${formatCount(done)} of ${formatCount(total)}`,
  stop: 'Stop',
  stopping: 'Stopping after this batch',
  checkFailed: 'Not all files were tried',
  importFailed: 'Not all templates were imported',
  importFailedHint: 'Going on repeats nothing that was done.',
  goOn: 'Go on',
  stopped: (rest: number) => `Stopped. ${files(rest)} ${rest === 1 ? 'is' : 'are'} left.`,

  importable: (count: number, total: number) =>
    count === total
      ? `${count === 1 ? 'The file' : `All ${files(count)}`} can be imported.`
      : `${formatCount(count)} of ${files(total)} can be imported.`,
  nothingImportable: (total: number) =>
    total === 1 ? 'The file cannot be imported.' : 'None of the files can be imported.',
  refusedHint: (count: number) =>
    `${files(count)} ${count === 1 ? 'is' : 'are'} refused; each says why in the list.`,
  existing: (count: number) =>
    count === 1
      ? '1 file has the name of a template that is here already. Importing makes another one beside it.'
      : `${formatCount(count)} files have the names of templates that are here already. Importing makes others beside them.`,
  leaveOutExisting: 'Leave those out',
  importButton: (count: number) => `Import ${templates(count)}`,
  clear: 'Start over',
  done: (count: number) => `${templates(count)} ${count === 1 ? 'was' : 'were'} imported`,
  toTemplates: 'Go to templates',

  list: 'Files to import',
  filter: 'Which files',
  filters: {
    all: (count: number) => `All ${formatCount(count)}`,
    importable: (count: number) => `Importable ${formatCount(count)}`,
    refused: (count: number) => `Refused ${formatCount(count)}`,
    imported: (count: number) => `Imported ${formatCount(count)}`,
  },
  columns: {
    file: 'File',
    name: 'Template',
    understood: 'Understood',
    changed: 'Changed',
    kept: 'Kept',
    refused: 'Refused',
    report: 'Report',
  },
  selectAll: 'All that can be imported',
  select: (file: string) => `Import ${file}`,
  waiting: 'waiting',
  isHere: 'name is here already',
  imported: 'imported',
  report: 'Report',
  reportOf: (file: string) => `Report of ${file}`,
  counts: (understood: number, changed: number, kept: number, refused: number) =>
    `${understood} understood, ${changed} changed, ${kept} kept, ${refused} refused`,

  format: 'Format',
  refusedTitle: 'Why it is refused',
  noNotes: 'Nothing stood out: all of it was understood.',
  outcomes: {
    refused: 'Refused',
    changed: 'Changed',
    kept: 'Kept',
    understood: 'Understood',
  },
  outcomeHints: {
    refused: 'Kept in the file and never acted upon.',
    changed: 'Means the same, written in another way.',
    kept: 'Not for Catalyst to understand; still there when it is exported.',
    understood: 'Taken over as it is.',
  },
};
