import type { ConfigPlain } from '@catalyst/shared/features/config-files';
import { type ConfigEdit, newValue, type Skip } from './config-edit.ts';
import { isSame, type TypedScalar, typedScalar } from './typed-scalar.ts';

export type Key = string | number;
export type Kind = 'map' | 'list' | 'scalar' | 'nothing' | 'other';

/** A parsed file of maps and lists. */
export interface Tree<Node> {
  root: Node;
  /** `nothing` is a null, which gives way to a map; `other` is what must not be touched. */
  kindOf(node: Node): Kind;
  keysOf(node: Node): Key[];
  get(node: Node, key: Key): Node | undefined;
  scalarOf(node: Node): TypedScalar;
  /** Replaces what is there, or adds it at the end. False when the format cannot. */
  set(node: Node, key: Key, made: Made): boolean;
}

/** What is put into a tree. */
export type Made = { scalar: TypedScalar } | { list: Made[] } | { map: [string, Made][] };

const inTheWay = 'something else is in its way';

type Step = { key: string } | { index: number };

/** Carries out one edit; false when nothing changed. */
export function editTree<Node>(tree: Tree<Node>, edit: ConfigEdit, skip: Skip): boolean {
  const wildcard = edit.place.indexOf('.*');
  if (wildcard === -1) return setAt(tree, tree.root, toSteps(edit.place), edit, skip);
  const behind = edit.place.slice(wildcard + 2).replace(/^\./, '');
  const rest = behind === '' ? [] : toSteps(behind);
  let parent: Node | undefined = tree.root;
  for (const step of toSteps(edit.place.slice(0, wildcard))) parent = parent && find(tree, parent, step);
  if (parent === undefined) return false;
  let hasChanged = false;
  for (const key of tree.keysOf(parent)) {
    const child: Node | undefined = tree.get(parent, key);
    if (child === undefined) continue;
    const isDone =
      rest.length === 0
        ? replace(tree, parent, key, edit, skip)
        : isFolder(tree, child) && setAt(tree, child, rest, edit, skip);
    hasChanged ||= isDone;
  }
  return hasChanged;
}

/** `a.b[0].c`; `~1` is a dot in a name and `~0` a tilde. */
function toSteps(place: string): Step[] {
  return place.split('.').flatMap((part): Step[] => {
    const [, name = '', indices = ''] = /^([^[\]]+)((?:\[\d{1,9}\])+)$/.exec(part) ?? [];
    if (name === '') return [{ key: plainName(part) }];
    const steps = [...indices.matchAll(/\d+/g)].map(([digits]) => ({ index: Number(digits) }));
    return [{ key: plainName(name) }, ...steps];
  });
}

const plainName = (text: string) => text.replaceAll('~1', '.').replaceAll('~0', '~');

function setAt<Node>(tree: Tree<Node>, start: Node, steps: Step[], edit: ConfigEdit, skip: Skip): boolean {
  let node = start;
  for (const [depth, step] of steps.entries()) {
    const key = keyIn(tree, node, step);
    if (key === null) return refuse(edit, skip, inTheWay);
    const child = tree.get(node, key);
    const next = steps[depth + 1];
    if (next === undefined) return replace(tree, node, key, edit, skip);
    if (child !== undefined && isFolder(tree, child) && !isWrongKind(tree, child, next)) {
      node = child;
      continue;
    }
    const givesWay = child === undefined || tree.kindOf(child) === 'nothing' || 'index' in next;
    if (!givesWay || (child && tree.kindOf(child) === 'other')) {
      return refuse(edit, skip, inTheWay);
    }
    return make(tree, node, key, steps.slice(depth + 1), edit, skip);
  }
  return false;
}

/** Sets what is there, or adds it. */
function replace<Node>(tree: Tree<Node>, parent: Node, key: Key, edit: ConfigEdit, skip: Skip): boolean {
  const current = tree.get(parent, key);
  if (current === undefined) return make(tree, parent, key, [], edit, skip);
  const kind = tree.kindOf(current);
  if (kind === 'other') return refuse(edit, skip, inTheWay);
  const before = kind === 'scalar' || kind === 'nothing' ? tree.scalarOf(current) : undefined;
  const value = newValue(edit, before?.text);
  if (value === undefined) return false;
  const made = toMade(value, before?.type);
  if (isAlreadyThere(tree, current, made)) return false;
  return tree.set(parent, key, made) || refuse(edit, skip, inTheWay);
}

/** Adds what is not there, with all that leads to it. */
function make<Node>(tree: Tree<Node>, parent: Node, key: Key, steps: Step[], edit: ConfigEdit, skip: Skip) {
  const value = newValue(edit, undefined);
  if (value === undefined) return false;
  // The first element of a list can be made, as in Wings; no other.
  if ((typeof key === 'number' && key > 0) || steps.some((step) => 'index' in step && step.index > 0)) {
    return refuse(edit, skip, 'the list is not that long');
  }
  const made = steps.reduceRight<Made>(
    (inner, step) => ('index' in step ? { list: [inner] } : { map: [[step.key, inner]] }),
    toMade(value),
  );
  return tree.set(parent, key, made) || refuse(edit, skip, inTheWay);
}

function toMade(value: ConfigPlain, replaced?: TypedScalar['type']): Made {
  if (Array.isArray(value)) return { list: value.map((item) => ({ scalar: typedScalar(item) })) };
  return { scalar: typedScalar(value, replaced) };
}

function isAlreadyThere<Node>(tree: Tree<Node>, node: Node, made: Made): boolean {
  const kind = tree.kindOf(node);
  if ('scalar' in made) {
    return (kind === 'scalar' || kind === 'nothing') && isSame(tree.scalarOf(node), made.scalar);
  }
  if (!('list' in made) || kind !== 'list') return false;
  const keys = tree.keysOf(node);
  return (
    keys.length === made.list.length &&
    keys.every((key, index) => {
      const child = tree.get(node, key);
      return child !== undefined && isAlreadyThere(tree, child, made.list[index] as Made);
    })
  );
}

/** A number names an element where there is a list, and a key elsewhere. Null when the step leads nowhere from here. */
function keyIn<Node>(tree: Tree<Node>, node: Node, step: Step): Key | null {
  const kind = tree.kindOf(node);
  if (kind === 'list') {
    if ('index' in step) return step.index;
    return /^\d{1,9}$/.test(step.key) ? Number(step.key) : null;
  }
  return kind === 'map' && 'key' in step ? step.key : null;
}

function find<Node>(tree: Tree<Node>, node: Node, step: Step): Node | undefined {
  const key = keyIn(tree, node, step);
  return key === null ? undefined : tree.get(node, key);
}

const isFolder = <Node>(tree: Tree<Node>, node: Node) => ['map', 'list'].includes(tree.kindOf(node));

/** An index into what is no list: Wings makes a list of it. */
const isWrongKind = <Node>(tree: Tree<Node>, node: Node, next: Step) =>
  'index' in next && tree.kindOf(node) !== 'list';

function refuse({ place }: ConfigEdit, skip: Skip, why: string): false {
  skip(place, why);
  return false;
}
