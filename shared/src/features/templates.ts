import { z } from 'zod';
import { route } from '../contract/route.ts';
import { displayText, PageQuery, pageOf, plainText } from '../contract/values.ts';
import { ConfigFile, mostConfigFiles } from './config-files.ts';
import { DoneRule, HostPackage, InstallStep, RestartPolicy, StopRule } from './server-spec.ts';
import { VariableRule } from './variable-rules.ts';

export const VariableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be upper case letters, digits and _');

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

export const TemplatePort = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  label: displayText(60),
  protocol: z.enum(['tcp', 'udp', 'both']),
  /** Taken when it is free, else the next free one. */
  preferred: z.int().min(1024).max(65535),
});

const TemplateId = z.string().regex(/^[a-z0-9][a-z0-9-]{1,63}$/, 'must be the id of a template');

/**
 * The recipe of a game. Text of `startup`, `install` and `environment` may hold `{{NAME}}`: a variable of this template,
 * or one of `SERVER_MEMORY_MB`, `SERVER_PORT`, `SERVER_IP`, `PORT_<NAME>`. Expanded once; each stays one argument.
 */
export const Template = z
  .strictObject({
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
    variables: z.array(TemplateVariable).max(100),
    ports: z.array(TemplatePort).min(1).max(16),
    startup: z.strictObject({
      argv: z.array(z.string()).min(1),
      environment: z.record(z.string(), z.string()).default({}),
    }),
    done: DoneRule,
    stop: StopRule,
    install: z.strictObject({
      steps: z.array(InstallStep),
      timeoutSeconds: z.int().min(10).max(7200).default(1800),
    }),
    configFiles: z.array(ConfigFile).max(mostConfigFiles).default([]),
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

export const TemplateParams = z.strictObject({ id: z.string().max(64) });

export const templateRoutes = {
  list: route({
    method: 'GET',
    url: '/api/templates',
    config: { permission: 'template.read', onSomeNodes: true },
    schema: {
      summary: 'The catalogue of games',
      tags: ['Templates'],
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
      tags: ['Templates'],
      params: TemplateParams,
      response: { 200: Template },
    },
  }),
};
