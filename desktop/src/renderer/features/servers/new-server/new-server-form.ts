import type { Node } from '@catalyst/shared/features/nodes';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import { NewServer } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';
import { formatMegabytes } from '../../../components/units.ts';
import { freeMemoryMb } from '../../nodes/node-room.ts';
import { environmentIssues } from '../environment-issues.ts';
import type { FineLimits } from '../fine-limit-fields.tsx';
import type { NetworkEdit } from '../network/network-options.ts';
import { bindingsOf, firstRows, type PortRow, portIssues } from '../network/port-row.ts';
import { runtimeChoice } from './runtime-choice.ts';
import { strings } from './strings.ts';

/** What the page edits. */
export interface NewServerForm {
  name: string;
  description: string;
  tags: string[];
  group: string | null;
  nodeId: string | undefined;
  memoryMb: number;
  cpuCores: number;
  diskMb: number;
  ports: PortRow[];
  /** As the panel decides, when undefined. */
  runtime: RuntimeName | undefined;
  image: string | undefined;
  startupLine: string | undefined;
  network: NetworkEdit | undefined;
  fineLimits: FineLimits;
  environment: Record<string, string>;
  startAfterInstall: boolean;
}

/** A form that could be sent as it is: the template's advice, and a name not taken among the given ones. */
export function firstForm(template: Template, takenNames: readonly string[]): NewServerForm {
  const { memoryMb, cpuCores, diskMb } = template.defaults;
  return {
    name: freeName(template.name, takenNames),
    description: '',
    tags: [],
    group: null,
    nodeId: undefined,
    memoryMb,
    cpuCores,
    diskMb,
    ports: firstRows(template),
    runtime: undefined,
    image: undefined,
    startupLine: undefined,
    network: undefined,
    fineLimits: usualLimits,
    environment: Object.fromEntries(
      editableVariables(template).map(({ name, defaultValue }) => [name, defaultValue]),
    ),
    startAfterInstall: true,
  };
}

/** Fields are named as the panel names them, so that its issues find their place. */
export function bodyOf(template: Template, form: NewServerForm): z.input<typeof NewServer> {
  return {
    name: form.name.trim(),
    description: form.description.trim(),
    tags: form.tags,
    group: form.group,
    templateId: template.id,
    nodeId: form.nodeId,
    allocatedMemoryMb: form.memoryMb,
    allocatedCpuCores: form.cpuCores,
    allocatedDiskMb: form.diskMb,
    portBindings: bindingsOf(form.ports),
    ...(form.runtime && { runtime: form.runtime }),
    ...(form.image && { image: form.image }),
    ...(form.startupLine && { startupLine: form.startupLine }),
    ...(form.network && { networkMode: form.network.networkMode }),
    ...(form.network?.staticIp && { staticIp: form.network.staticIp.trim() }),
    ...changedLimits(form.fineLimits),
    environment: form.environment,
    startAfterInstall: form.startAfterInstall,
  };
}

/** What the panel would refuse, by its fields. */
export function newServerIssues(template: Template, form: NewServerForm, node: Node | undefined) {
  const issues = validateWith(NewServer)(bodyOf(template, form) as Record<string, unknown>);
  const { minimumMemoryMb } = template.defaults;
  const free = node && freeMemoryMb(node);
  if (node && form.runtime && !runtimeChoice(node, template).possible.includes(form.runtime)) {
    issues.runtime = strings.cannotRunSo(node.name, strings.runtimes[form.runtime]);
  }
  if (form.memoryMb < minimumMemoryMb) {
    issues.allocatedMemoryMb = strings.belowMinimum(template.name, formatMegabytes(minimumMemoryMb));
  } else if (node?.maxMemoryMb && typeof free === 'number' && form.memoryMb > free) {
    issues.allocatedMemoryMb = strings.overRoom(node.name, formatMegabytes(free));
  }
  return { ...issues, ...portIssues(form.ports), ...environmentIssues(template.variables, form.environment) };
}

const usualLimits: FineLimits = { swapMb: 0, pids: 512, cpuPinning: null, ioWeight: null };

/** Only what differs from the usual, as that takes a right. */
function changedLimits(limits: FineLimits): Partial<FineLimits> {
  const names = Object.keys(usualLimits) as (keyof FineLimits)[];
  return Object.fromEntries(
    names.filter((name) => limits[name] !== usualLimits[name]).map((name) => [name, limits[name]]),
  );
}

/** Without those that hold the numbers of ports, which are chosen. */
export const editableVariables = ({ variables, ports }: Template) =>
  variables.filter(
    ({ name, userVisible, userEditable }) =>
      userVisible && userEditable && !ports.some(({ variable }) => variable === name),
  );

function freeName(game: string, taken: readonly string[]): string {
  const base = game.replace(/\s*\(.*\)$/, '');
  const used = new Set(taken.map((name) => name.toLowerCase()));
  let name = base;
  for (let count = 2; used.has(name.toLowerCase()); count += 1) name = `${base} ${count}`;
  return name;
}
