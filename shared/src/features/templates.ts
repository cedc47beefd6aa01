import { z } from 'zod';
import { Issue } from '../contract/errors.ts';
import { NoContent, route } from '../contract/route.ts';
import { displayText, PageQuery, pageOf, plainText, Timestamp } from '../contract/values.ts';
import { ConfigFile, mostConfigFiles } from './config-files.ts';
import {
  DoneRule,
  HostPackage,
  ImageReference,
  InstallStep,
  RestartPolicy,
  StopRule,
} from './server-spec.ts';
import { ImportReport } from './template-import.ts';
import { TemplatePorts } from './template-ports.ts';
import { VariableName, VariableRule } from './variable-rules.ts';

export const mostVariables = 250;
export const TemplateVariable = z.strictObject({
  name: VariableName,
  label: displayText(80),
  description: plainText(500).default(''),
  defaultValue: z.string().max(4096),
  rule: VariableRule,
  userVisible: z.boolean().default(true),
  userEditable: z.boolean().default(true),
  secret: z.boolean().default(false),
});
export type TemplateVariable = z.output<typeof TemplateVariable>;

/** A command that the game is started by; its words stay apart, whatever they hold. */
const ArgvStartup = z.strictObject({
  argv: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()).default({}),
});

/**
 * Lines by label, the first is the usual one. A shell reads them: they are handed to the image in its environment, as
 * `STARTUP`, and never become part of a command of ours.
 */
const ShellStartup = z.strictObject({
  shell: z
    .record(z.string().max(200), z.string().max(8192))
    .refine((lines) => Object.keys(lines).length > 0, 'must have a line'),
  environment: z.record(z.string(), z.string()).default({}),
});

/** A script that installs the game, in an image of its own. */
export const InstallScript = z.strictObject({
  image: ImageReference,
  entrypoint: z.string().min(1).max(200),
  content: z.string().max(1_000_000),
});

const TemplateId = z.string().regex(/^[a-z0-9][a-z0-9-]{1,63}$/, 'must be the id of a template');

/**
 * The recipe of a game. Text of `startup`, `install` and `environment` may hold `{{NAME}}`: a variable of this template,
 * or one of `SERVER_MEMORY_MB`, `SERVER_PORT`, `SERVER_IP`, `PORT_<NAME>`. Expanded once; each stays one argument.
 */
export const Template = z
  .strictObject({
    /** Of this format; grows when old templates have to be read in another way. */
    format: z.literal(1).default(1),
    id: TemplateId,
    version: z.int().min(1),
    name: displayText(80),
    summary: displayText(200),
    description: plainText(4000).default(''),
    /** Name of an icon the interface draws. */
    icon: z.string().max(40),
    /** Container images by label; empty when the template only runs as a process. */
    images: z.record(z.string(), z.string()).default({}),
    /** Whether it can run without containers. */
    processRuntime: z.boolean(),
    /** Whether the game wants a terminal, where the runtime has one to give; it has no error output then. */
    terminal: z.boolean().default(false),
    variables: z.array(TemplateVariable).max(mostVariables),
    ports: TemplatePorts,
    startup: z.union([ArgvStartup, ShellStartup]),
    done: DoneRule,
    stop: StopRule,
    install: z.strictObject({
      steps: z.array(InstallStep),
      script: InstallScript.optional(),
      timeoutSeconds: z.int().min(10).max(7200).default(1800),
    }),
    configFiles: z.array(ConfigFile).max(mostConfigFiles).default([]),
    /** Files that users shall not touch, as in a `.gitignore`. */
    fileDenylist: z.array(z.string().min(1).max(1024)).max(500).default([]),
    /** What makes the game write its world down before a backup, and go on afterwards. */
    saveCommands: z
      .strictObject({ off: z.string().min(1).max(500), on: z.string().min(1).max(500) })
      .optional(),
    /** What the interface helps with, such as `eula` and `java_version`. */
    features: z.array(z.string().max(100)).max(50).default([]),
    tags: z.array(displayText(100)).max(50).default([]),
    author: plainText(200).default(''),
    /** Where newer versions of it come from. */
    updateUrl: z.string().max(2000).nullable().default(null),
    origin: z.enum(['built-in', 'own', 'imported']).default('built-in'),
    hostPackages: z.array(HostPackage).default([]),
    restartPolicy: RestartPolicy.prefault({}),
    defaults: z.strictObject({
      memoryMb: z.int(),
      minimumMemoryMb: z.int(),
      cpuCores: z.number(),
      diskMb: z.int(),
    }),
    /** How players get in; `{{ADDRESS}}` is the server's address. */
    howToJoin: z.string().max(500),
  })
  .meta({ id: 'Template' });
export type Template = z.output<typeof Template>;
/** As it is written, without what has a default. */
export type TemplateInput = z.input<typeof Template>;

/** What is said of a template when it is made; the rest is the panel's to say. */
const given = Template.omit({ id: true, version: true, origin: true, format: true }).shape;

export const NewTemplate = z
  .strictObject({ ...given, id: TemplateId.optional().describe('Made of the name when left out') })
  .meta({ id: 'NewTemplate' });
export type NewTemplate = z.output<typeof NewTemplate>;

type Changes = Partial<Omit<Template, 'id' | 'version' | 'origin' | 'format' | 'saveCommands'>> & {
  saveCommands?: Template['saveCommands'] | null;
  version?: number;
};

/** What is left out stays as it is, so nothing here has a default; `null` takes away what may be absent. */
export const TemplateChanges = z
  .strictObject({
    ...Object.fromEntries(Object.entries(given).map(([name, schema]) => [name, changed(schema).optional()])),
    version: z.int().min(1).optional().describe('The one that was changed; another one is refused with 412'),
  })
  .meta({ id: 'TemplateChanges' }) as unknown as z.ZodType<Changes, Changes>;
export type TemplateChanges = Changes;

function changed(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return (schema.unwrap() as z.ZodType).nullable();
  const isDefault = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isDefault ? (schema.unwrap() as z.ZodType) : schema;
}

export const TemplateVersion = z
  .strictObject({ version: z.int(), at: Timestamp, actorName: z.string(), template: Template })
  .meta({ id: 'TemplateVersion' });
export type TemplateVersion = z.output<typeof TemplateVersion>;

export const ImportedTemplate = z
  .strictObject({
    dryRun: z.boolean(),
    /** As it is, or would be. */
    template: Template,
    report: ImportReport,
  })
  .meta({ id: 'ImportedTemplate' });
export type ImportedTemplate = z.output<typeof ImportedTemplate>;

/** What a newer file says about one part of a template. */
export const SourceChange = z
  .strictObject({
    /** Of the template: `startup`, `variables`. */
    part: z.string(),
    /** `kept`: it was changed here as well, and stays as it is here. */
    outcome: z.enum(['taken', 'kept']),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'SourceChange' });
export type SourceChange = z.output<typeof SourceChange>;

export const RefreshedTemplate = z
  .strictObject({ ...ImportedTemplate.shape, changes: z.array(SourceChange) })
  .meta({ id: 'RefreshedTemplate' });
export type RefreshedTemplate = z.output<typeof RefreshedTemplate>;

const SourceUrl = z.url({ protocol: /^https?$/, hostname: /./ }).max(2000);

const FileName = z.string().max(255);
const DryRun = z.enum(['true', 'false']).default('false');

/** One file of many: what became of it, or why it was refused. */
export const BulkImportResult = z
  .strictObject({
    fileName: FileName,
    template: Template.pick({ id: true, name: true }).nullable(),
    report: ImportReport.nullable(),
    error: z.strictObject({ message: z.string(), issues: z.array(Issue) }).nullable(),
  })
  .meta({ id: 'BulkImportResult' });
export type BulkImportResult = z.output<typeof BulkImportResult>;

export const TemplateParams = z.strictObject({ id: z.string().max(64) });

const tags = ['Templates'];

export const templateRoutes = {
  list: route({
    method: 'GET',
    url: '/api/templates',
    config: { permission: 'template.read', onSomeNodes: true },
    schema: {
      summary: 'The catalogue of games',
      tags,
      querystring: PageQuery.extend({ cursor: TemplateId.optional() }),
      response: { 200: pageOf(Template) },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/templates/:id',
    config: { permission: 'template.read', onSomeNodes: true },
    schema: {
      summary: 'One template',
      tags,
      params: TemplateParams,
      response: { 200: Template },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/templates',
    config: { permission: 'template.create', audit: 'template.create' },
    schema: { summary: 'Make a template', tags, body: NewTemplate, response: { 201: Template } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/templates/:id',
    config: { permission: 'template.update', audit: 'template.update' },
    schema: {
      summary: 'Change a template; this makes a new version of it, which servers have from their next start',
      tags,
      params: TemplateParams,
      body: TemplateChanges,
      response: { 200: Template },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/templates/:id',
    config: { permission: 'template.delete', audit: 'template.delete' },
    schema: {
      summary: 'Delete a template that no server is made of',
      tags,
      params: TemplateParams,
      response: { 204: NoContent },
    },
  }),
  versions: route({
    method: 'GET',
    url: '/api/templates/:id/versions',
    config: { permission: 'template.read', onSomeNodes: true },
    schema: {
      summary: 'Every version of a template, newest first',
      tags,
      params: TemplateParams,
      querystring: PageQuery.extend({
        cursor: z
          .string()
          .regex(/^\d{1,9}$/)
          .optional(),
      }),
      response: { 200: pageOf(TemplateVersion) },
    },
  }),
  import: route({
    method: 'POST',
    url: '/api/templates/import',
    config: { permission: 'template.create', audit: 'template.import', stream: 'upload' },
    schema: {
      summary: 'Import a community template (PTDL v1, v2; PLCN v1 to v3; JSON or YAML); the body is the file',
      tags,
      querystring: z.strictObject({ dryRun: DryRun, fileName: FileName.optional() }),
      response: { 200: ImportedTemplate, 201: ImportedTemplate },
    },
  }),
  importUrl: route({
    method: 'POST',
    url: '/api/templates/import-url',
    config: { permission: 'template.create', audit: 'template.import-url' },
    schema: {
      summary: 'Import a community template from where it is published',
      tags,
      querystring: z.strictObject({ dryRun: DryRun }),
      body: z.strictObject({ url: SourceUrl }),
      response: { 200: ImportedTemplate, 201: ImportedTemplate },
    },
  }),
  refresh: route({
    method: 'POST',
    url: '/api/templates/:id/refresh',
    config: { permission: 'template.update', audit: 'template.refresh' },
    schema: {
      summary: 'Take over what is new where an imported template comes from; what was changed here stays',
      tags,
      params: TemplateParams,
      querystring: z.strictObject({ dryRun: DryRun }),
      response: { 200: RefreshedTemplate },
    },
  }),
  importMany: route({
    method: 'POST',
    url: '/api/templates/import-many',
    config: { permission: 'template.create', audit: 'template.import-many' },
    schema: {
      summary: 'Import many community templates; what one of them lacks does not keep the others out',
      tags,
      querystring: z.strictObject({ dryRun: DryRun }),
      body: z.strictObject({
        files: z
          .array(z.strictObject({ fileName: FileName, content: z.string() }))
          .min(1)
          .max(1000),
      }),
      response: { 200: z.object({ items: z.array(BulkImportResult) }) },
    },
  }),
  export: route({
    method: 'GET',
    url: '/api/templates/:id/export',
    config: { permission: 'template.read', onSomeNodes: true, stream: 'download' },
    schema: {
      summary:
        'A template as a community file; one that was imported is as it came, but for what was changed',
      tags,
      params: TemplateParams,
      querystring: z.strictObject({ format: z.enum(['json', 'yaml']).default('json') }),
      response: { 200: z.any().meta({ description: 'application/json or application/yaml' }) },
    },
  }),
};
