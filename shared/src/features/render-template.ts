import type { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import type { InstallStep, PortBinding } from './server-spec.ts';
import type { InstallScript, Template } from './templates.ts';

interface RenderInput {
  serverId: string;
  /** Values of the template's variables, checked against their rules. */
  variables: Readonly<Record<string, string>>;
  memoryMb: number;
  /** In the order of the template; the first is the primary one. */
  ports: readonly PortBinding[];
  /** Label of the startup line, of a template with several; the first when it has no such line. */
  line?: string | null;
}

interface Rendered {
  argv: string[];
  environment: Record<string, string>;
  installSteps: InstallStep[];
}

export const placeholderPattern = /\{\{\s*([A-Za-z0-9_.-]*)\s*\}\}/g;

/**
 * Fills in a template. Only the names of `placeholderNames` exist; each is expanded once, so a value that holds
 * `{{…}}` stays as it is, and each element of `argv` stays one element, whatever its value holds.
 */
export function renderTemplate(template: Template, input: RenderInput): Rendered {
  const values = placeholderValues(template, input);
  const fill = (text: string) =>
    text.replace(placeholderPattern, (_, name: string) => {
      const value = values.get(name);
      if (value === undefined)
        throw new AppError('internal', `The template ${template.id} uses the unknown placeholder ${name}`);
      return value;
    });
  const { startup, install } = template;
  const environment: Record<string, string> = Object.fromEntries(values);
  for (const [name, text] of Object.entries(startup.environment)) environment[name] = fill(text);
  const steps = install.steps.map((step): InstallStep => {
    if (step.kind === 'run') return { ...step, argv: step.argv.map(fill) };
    return step.kind === 'write' ? { ...step, content: fill(step.content) } : step;
  });
  const { script } = install;
  return {
    argv: 'argv' in startup ? startup.argv.map(fill) : [],
    environment: 'argv' in startup ? environment : shellEnvironment(environment, input, startup),
    installSteps: script
      ? [...steps, { kind: 'script', label: 'Install the game', ...scriptOf(script) }]
      : steps,
  };
}

const scriptOf = ({ entrypoint, content }: z.output<typeof InstallScript>) => ({ entrypoint, content });

/**
 * What the images and scripts of the community read. They know a variable by its name in capitals; none takes the place of
 * what the panel says.
 */
function shellEnvironment(
  environment: Record<string, string>,
  { serverId, memoryMb, ports: [primary], line = null }: RenderInput,
  { shell }: Extract<Template['startup'], { shell: unknown }>,
): Record<string, string> {
  const capitals = Object.entries(environment).map(([name, value]) => [name.toUpperCase(), value]);
  return {
    ...Object.fromEntries(capitals),
    ...environment,
    // A shell would take a carriage return for a word.
    STARTUP: lineOf(shell, line).replace(/\r\n?/g, '\n'),
    SERVER_MEMORY: String(memoryMb),
    SERVER_IP: primary?.ip ?? '',
    SERVER_PORT: String(primary?.port ?? ''),
    P_SERVER_UUID: serverId,
  };
}

const lineOf = (shell: Readonly<Record<string, string>>, label: string | null): string =>
  (label !== null && Object.hasOwn(shell, label) ? shell[label] : Object.values(shell)[0]) ?? '';

/** A line as the shell that reads it will have it: what nothing fills in stays in it. */
export function filledLine(line: string, environment: Readonly<Record<string, string>>): string {
  return line.replace(placeholderPattern, (whole, name: string) =>
    Object.hasOwn(environment, name) ? (environment[name] as string) : whole,
  );
}

/** Every name that a text of this template may use between braces. */
export function placeholderNames(template: Template): ReadonlySet<string> {
  return new Set([
    ...template.variables.map(({ name }) => name),
    ...['SERVER_MEMORY_MB', 'SERVER_PORT', 'SERVER_IP'],
    ...template.ports.map(({ name }) => portName(name)),
  ]);
}

export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(placeholderPattern)].map(([, name]) => name as string);
}

/** Every text in which placeholders are expanded. */
export const templateTexts = (template: Template): string[] =>
  templateFields(template).map(({ text }) => text);

/** The same, each with the path of its field. */
export function templateFields({ startup, install }: Template): { path: string; text: string }[] {
  return [
    ...('argv' in startup ? fieldsOf('startup.argv', startup.argv) : []),
    ...fieldsOf('startup.environment', startup.environment),
    ...install.steps.flatMap((step, at) => {
      const path = `install.steps.${at}`;
      if (step.kind === 'run') return fieldsOf(`${path}.argv`, step.argv);
      return step.kind === 'write' ? [{ path: `${path}.content`, text: step.content }] : [];
    }),
  ];
}

const fieldsOf = (path: string, texts: readonly string[] | Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([name, text]) => ({ path: `${path}.${name}`, text }));

function placeholderValues(
  template: Template,
  { variables, memoryMb, ports }: RenderInput,
): Map<string, string> {
  const primary = ports[0];
  if (!primary) throw new AppError('internal', 'The server has no port');
  return new Map([
    ...Object.entries(variables),
    ['SERVER_MEMORY_MB', String(memoryMb)],
    ['SERVER_PORT', String(primary.port)],
    ['SERVER_IP', primary.ip],
    ...ports.map(({ name, port }): [string, string] => [portName(name), String(port)]),
    ...ports.flatMap(({ name, port }): [string, string][] => {
      const variable = template.ports.find((each) => each.name === name)?.variable;
      return variable === undefined ? [] : [[variable, String(port)]];
    }),
  ]);
}

const portName = (name: string) => `PORT_${name.toUpperCase().replaceAll('-', '_')}`;
