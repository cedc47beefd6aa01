import type { Node } from '@catalyst/shared/features/nodes';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import { strings } from './strings.ts';

export interface RuntimeChoice {
  /** What the panel takes when nobody says anything else; null when the node cannot run the game. */
  usual: RuntimeName | null;
  possible: RuntimeName[];
  /** Why the usual one, as a sentence. */
  why: string;
}

/** How a node could run a game, as the panel decides it. */
export function runtimeChoice(node: Node, template: Template): RuntimeChoice {
  const reports = node.health?.runtimes ?? [];
  const has = (name: RuntimeName) =>
    node.health ? reports.some((one) => one.name === name && one.available) : name === 'process';
  const hasImage = Object.keys(template.images).length > 0;
  const possible: RuntimeName[] = [];
  if (has('containerd') && hasImage) possible.push('containerd');
  if (has('process') && template.processRuntime) possible.push('process');
  if (has('fake')) possible.push('fake');
  const [usual = null] = possible;
  return { usual, possible, why: usual === 'containerd' ? strings.whyContainer(node.name) : whyNone() };

  function whyNone(): string {
    if (!hasImage) return strings.whyNoImage(template.name);
    if (!node.health) return strings.whyNoReport(node.name);
    const [note] = reports.find(({ name }) => name === 'containerd')?.notes ?? [];
    return note ? strings.whyBroken(node.name, note) : strings.whyNoContainerd(node.name);
  }
}
