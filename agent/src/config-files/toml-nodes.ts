import type { AST } from 'toml-eslint-parser';
import type { Key } from './tree.ts';

export type TomlNode = TomlMap | TomlList | TomlScalar;

export interface TomlMap {
  kind: 'map';
  children: Map<Key, TomlNode>;
  /** Where it stands as one piece; null when its parts are spread over lines. */
  range: AST.Range | null;
  room: Room;
}

export interface TomlList {
  kind: 'list';
  children: Map<Key, TomlNode>;
  range: AST.Range | null;
}

interface TomlScalar {
  kind: 'scalar';
  value: AST.TOMLValue;
  range: AST.Range;
}

/** Where a new key of a map goes, and what stands before its name there. */
export type Room =
  | { kind: 'line'; at: number; prefix: readonly string[]; isRoot: boolean }
  | { kind: 'inline'; at: number; prefix: readonly string[]; isEmpty: boolean };

/** What a TOML file says, with the places in its text. */
export function tomlNodes(text: string, { body: [top] }: AST.TOMLProgram): TomlMap {
  const firstTable = top.body.find((item) => item.type === 'TOMLTable');
  const root = newMap({
    kind: 'line',
    at: firstTable ? lineStart(text, firstTable.range[0]) : text.length,
    prefix: [],
    isRoot: true,
  });
  const pairs = top.body.filter((item) => item.type === 'TOMLKeyValue');
  const lastPair = pairs.at(-1);
  if (lastPair) moveRoom(root, afterLine(text, lastPair.range[1]));
  for (const pair of pairs) addPair(root, pair);
  for (const table of top.body) {
    if (table.type === 'TOMLTable') addTable(text, root, table);
  }
  return root;
}

function addTable(text: string, root: TomlMap, table: AST.TOMLTable): void {
  const at = afterLine(text, (table.body.at(-1) ?? table.key).range[1]);
  let node: TomlMap | TomlList = root;
  const path = table.resolvedKey;
  for (const [depth, key] of path.entries()) {
    const above: readonly string[] = node.kind === 'map' ? node.room.prefix : [];
    const rootAt: number = root.room.at;
    let child: TomlNode | undefined = node.children.get(key);
    if (child === undefined) {
      // Named only by what is in it: a line at the top names it, too.
      const room: Room = { kind: 'line', at: rootAt, prefix: [...above, String(key)], isRoot: false };
      child = typeof path[depth + 1] === 'number' ? newList(null) : newMap(room);
      node.children.set(key, child);
    }
    if (child.kind === 'scalar') return;
    node = child;
  }
  if (node.kind !== 'map') return;
  node.room = { kind: 'line', at, prefix: [], isRoot: false };
  for (const pair of table.body) addPair(node, pair);
}

function addPair(table: TomlMap, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
  let node = table;
  for (const name of names.slice(0, -1)) {
    const child = node.children.get(name) ?? newMap({ ...node.room, prefix: [...node.room.prefix, name] });
    if (child.kind !== 'map') return;
    if (child.room.kind === 'line') child.room = { ...child.room, isRoot: false };
    node.children.set(name, child);
    node = child;
  }
  node.children.set(names.at(-1) as string, contentNode(value));
}

function contentNode(content: AST.TOMLContentNode): TomlNode {
  const { range } = content;
  if (content.type === 'TOMLValue') return { kind: 'scalar', value: content, range };
  if (content.type === 'TOMLArray') {
    const list = newList(range);
    for (const [index, element] of content.elements.entries()) list.children.set(index, contentNode(element));
    return list;
  }
  const last = content.body.at(-1);
  const at = last ? last.range[1] : range[0] + 1;
  const map = newMap({ kind: 'inline', at, prefix: [], isEmpty: !last });
  map.range = range;
  for (const pair of content.body) addPair(map, pair);
  return map;
}

function newMap(room: Room): TomlMap {
  return { kind: 'map', children: new Map(), range: null, room };
}

function newList(range: AST.Range | null): TomlList {
  return { kind: 'list', children: new Map(), range };
}

function moveRoom(map: TomlMap, at: number): void {
  map.room = { ...map.room, at };
}

const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;

function afterLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
