import { type Server, ServerChanges } from '@catalyst/shared/features/servers';
import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { validateWith } from '../../components/form-validation.ts';
import { environmentIssues } from './environment-issues.ts';

/** What the settings page edits of a server. */
export interface ServerForm {
  name: string;
  description: string;
  tags: string[];
  group: string | null;
  notes: string;
  allocatedMemoryMb: number;
  allocatedCpuCores: number;
  allocatedDiskMb: number;
  swapMb: number;
  pids: number;
  cpuPinning: string | null;
  ioWeight: number | null;
  image: string | null;
  startupLine: string | null;
  restartPolicy: Server['restartPolicy'];
  environment: Record<string, string>;
}

export function formOf(server: Server): ServerForm {
  const { name, description, tags, group, notes, allocatedMemoryMb, allocatedCpuCores, allocatedDiskMb } =
    server;
  const { swapMb, pids, cpuPinning, ioWeight, image, startupLine } = server;
  return {
    name,
    description,
    ...{ tags, group, notes },
    allocatedMemoryMb,
    allocatedCpuCores,
    allocatedDiskMb,
    ...{ swapMb, pids, cpuPinning, ioWeight, image, startupLine },
    restartPolicy: { ...server.restartPolicy },
    environment: { ...server.environment },
  };
}

/** What a person changed so far. */
export type ServerEdits = Partial<ServerForm>;

export function formWith(server: Server, edits: ServerEdits): ServerForm {
  const form = formOf(server);
  return { ...form, ...edits, environment: { ...form.environment, ...edits.environment } };
}

/** Only what differs, so that two people who change different things do not undo each other. */
export function changesOf(server: Server, form: ServerForm): ServerChanges {
  const before = formOf(server);
  const changes: ServerChanges = {};
  if (form.name.trim() !== before.name) changes.name = form.name.trim();
  if (form.description.trim() !== before.description) changes.description = form.description.trim();
  if (!isSame(form.tags, before.tags)) changes.tags = form.tags;
  const group = form.group?.trim() || null;
  if (group !== before.group) changes.group = group;
  if (form.notes.trim() !== before.notes) changes.notes = form.notes.trim();
  for (const field of [
    'allocatedMemoryMb',
    'allocatedCpuCores',
    'allocatedDiskMb',
    'swapMb',
    'pids',
  ] as const) {
    if (form[field] !== before[field]) changes[field] = form[field];
  }
  if (form.cpuPinning !== before.cpuPinning) changes.cpuPinning = form.cpuPinning;
  if (form.ioWeight !== before.ioWeight) changes.ioWeight = form.ioWeight;
  if (form.image !== null && form.image !== before.image) changes.image = form.image;
  if (form.startupLine !== null && form.startupLine !== before.startupLine) {
    changes.startupLine = form.startupLine;
  }
  if (!isSame(form.restartPolicy, before.restartPolicy)) changes.restartPolicy = form.restartPolicy;
  const environment = Object.fromEntries(
    Object.entries(form.environment).filter(([name, value]) => value !== (before.environment[name] ?? '')),
  );
  if (Object.keys(environment).length > 0) changes.environment = environment;
  return changes;
}

/** What the panel would refuse, by field. */
export function formIssues(
  server: Server,
  form: ServerForm,
  variables: readonly TemplateVariable[],
): Record<string, string> {
  const changes = changesOf(server, form);
  const issues = validateWith(ServerChanges)(changes as Record<string, unknown>);
  return { ...issues, ...environmentIssues(variables, changes.environment ?? {}) };
}

/** Whether a running game goes on without knowing of these changes. */
export function appliesAtNextStart(changes: ServerChanges): boolean {
  const told = [
    'allocatedMemoryMb',
    'allocatedCpuCores',
    'allocatedDiskMb',
    'image',
    'startupLine',
    'environment',
  ];
  return told.some((field) => field in changes);
}

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
