import { AppError, toIssues } from '@catalyst/shared/contract/errors';
import { ImageReference } from '@catalyst/shared/features/server-spec';
import type { ImportReport } from '@catalyst/shared/features/template-import';
import { Template, type TemplateInput } from '@catalyst/shared/features/templates';
import { toConfigFiles } from './egg-config-files.ts';
import { checkEgg, decodeConfig, type Egg } from './egg-document.ts';
import { toTemplatePorts } from './egg-ports.ts';
import { toDoneRule, toStopRule } from './egg-rules.ts';
import { onOneLine, onSeveralLines, withLineFeeds } from './egg-text.ts';
import { nameOfVariable, toTemplateVariables } from './egg-variables.ts';
import { ImportNotes } from './import-notes.ts';
import type { EggSource } from './read-egg.ts';
import { noteUnknownParts } from './unknown-parts.ts';

export interface ImportedEgg {
  template: Template;
  report: ImportReport;
}

/**
 * The template that a document describes, and what became of each of its parts. Nothing in a document gives its servers
 * more than a template of ours can have. Throws `invalid_input` that names what is wrong.
 */
export function eggToTemplate(
  { document, encoding }: EggSource,
  { id, version = 1 }: { id: string; version?: number },
): ImportedEgg {
  const egg = checkEgg(document);
  const notes = new ImportNotes();
  notes.understood('meta.version', egg.meta.version);
  const images = toImages(egg, notes);
  const variables = toTemplateVariables(egg.variables, notes);
  const description = onSeveralLines(egg.description, 4000);
  const input: TemplateInput = {
    id,
    version,
    name: onOneLine(egg.name, 80, 'Template'),
    summary: onOneLine(description.split('\n\n')[0] ?? '', 200, egg.name),
    description,
    icon: 'egg',
    images,
    processRuntime: false,
    terminal: true,
    variables,
    ports: toTemplatePorts(variables, notes),
    startup: { shell: toStartupLines(egg, notes) },
    done: toDoneRule(decodeConfig(egg.config.startup, 'config.startup', notes).done, notes),
    stop: toStopRule(egg.config.stop, notes),
    install: { steps: [], script: toInstallScript(egg, notes) },
    configFiles: toConfigFiles(decodeConfig(egg.config.files, 'config.files', notes), notes),
    fileDenylist: egg.file_denylist.filter((line) => line !== '').slice(0, 500),
    features: egg.features.map((feature) => feature.slice(0, 100)).slice(0, 50),
    tags: egg.tags.map((tag) => onOneLine(tag, 100, 'tag')).slice(0, 50),
    author: onSeveralLines(egg.author, 200),
    updateUrl: egg.meta.update_url ?? null,
    origin: 'imported',
    defaults: { memoryMb: 2048, minimumMemoryMb: 64, cpuCores: 2, diskMb: 10_240 },
    howToJoin: 'Connect to {{ADDRESS}}',
  };
  noteUnknownParts(document, notes);
  const parsed = Template.safeParse(input);
  if (!parsed.success) {
    const issues = toIssues(parsed.error).slice(0, 50);
    const sentence = `This template cannot be used here: ${issues[0]?.path} ${issues[0]?.message}`;
    throw new AppError('invalid_input', sentence, { issues });
  }
  return { template: parsed.data, report: { version: egg.meta.version, encoding, notes: notes.all } };
}

/** By label, the usual one first. Older documents have one image, or a list of them. */
function toImages(egg: Egg, notes: ImportNotes): Record<string, string> {
  const given = egg.docker_images ?? egg.images ?? (isImage(egg.image) ? [egg.image] : []);
  const labelled = Array.isArray(given) ? given.map((image) => [image.trim(), image]) : Object.entries(given);
  const images = new Map<string, string>();
  for (const [label, image] of labelled as [string, string][]) {
    const reference = toImage(image, `docker_images.${label}`, notes);
    if (reference !== null) images.set(label.slice(0, 200), reference);
  }
  if (images.size === 0) notes.kept('docker_images', 'There is no image');
  else notes.understood('docker_images', `${images.size} images`);
  return Object.fromEntries(images);
}

/** Also where pictures are kept: those are data, and no image to run. */
const isImage = (text: string | null | undefined): text is string => !!text && !text.startsWith('data:');

function toImage(image: string, path: string, notes: ImportNotes): string | null {
  const trimmed = image.trim();
  const reference = trimmed.replace(/^~/, '');
  if (trimmed !== image) notes.changed(path, 'Spaces around the image are left out');
  if (reference !== trimmed)
    notes.changed(path, 'It is taken from a registry when the node does not have it');
  if (ImageReference.safeParse(reference).success) return reference;
  notes.refused(path, `${JSON.stringify(image.slice(0, 200))} is not the name of an image`);
  return null;
}

function toStartupLines(egg: Egg, notes: ImportNotes): Record<string, string> {
  const given = egg.startup_commands ?? { Default: egg.startup ?? '' };
  const lines = Object.entries(given).map(
    ([label, line]) => [label.slice(0, 200), withNewNames(line, egg)] as const,
  );
  const startup = lines.length > 0 ? Object.fromEntries(lines) : { Default: '' };
  const path = egg.startup_commands ? 'startup_commands' : 'startup';
  notes.understood(path, `${lines.length} lines, read by the shell of the image`);
  return startup;
}

/** Variables whose names are taken are called otherwise in the line, too. */
function withNewNames(line: string, egg: Egg): string {
  let result = line;
  for (const { env_variable: name } of egg.variables) {
    const now = nameOfVariable(name);
    if (now !== name) result = result.replaceAll(`{{${name}}}`, () => `{{${now}}}`);
  }
  return result;
}

function toInstallScript(egg: Egg, notes: ImportNotes): TemplateInput['install']['script'] {
  const { script, container, entrypoint } = egg.scripts.installation;
  if (script.trim() === '') return;
  const path = 'scripts.installation';
  const image = toImage(container, `${path}.container`, notes);
  if (image === null) return;
  if (script.includes('\r')) notes.changed(`${path}.script`, 'Lines end as a shell wants them');
  notes.understood(`${path}.script`, `${script.length} characters`);
  return {
    image,
    entrypoint: entrypoint.trim().slice(0, 200) || 'sh',
    content: withLineFeeds(script),
  };
}
