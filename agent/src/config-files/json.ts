import { type Rewrite, UnreadableConfig } from './config-edit.ts';
import { lineEnding, withLineEnding } from './text-lines.ts';
import { editTree, type Made, type Tree } from './tree.ts';
import type { TypedScalar } from './typed-scalar.ts';

/** Maps keep the order of the file, whatever their keys are; scalars keep how they were written. */
type JsonNode = { map: Map<string, JsonNode> } | { list: JsonNode[] } | { raw: string };

const deepest = 200;

/** Places are `a.b[0].c` with one `.*`. An unchanged file stays as it is; a changed one keeps its indentation. */
export const rewriteJson: Rewrite = (text, edits, skip) => {
  const root: JsonNode = text.trim() === '' ? { map: new Map() } : parse(text);
  const tree = treeOf(root);
  let hasChanged = false;
  for (const edit of edits) hasChanged = editTree(tree, edit, skip) || hasChanged;
  if (!hasChanged) return text;
  const words = text.trim();
  const isOneLine = words.length > 2 && !words.includes('\n');
  const written = format(root, isOneLine ? null : (/\n([ \t]+)\S/.exec(text)?.[1] ?? '    '));
  const end = words === '' ? '\n' : /\s*$/.exec(text)?.[0];
  return withLineEnding(`${written}${end}`, lineEnding(text));
};

function treeOf(root: JsonNode): Tree<JsonNode> {
  return {
    root,
    kindOf(node) {
      if ('raw' in node) return node.raw === 'null' ? 'nothing' : 'scalar';
      return 'map' in node ? 'map' : 'list';
    },
    keysOf(node) {
      if ('raw' in node) return [];
      return 'map' in node ? [...node.map.keys()] : [...node.list.keys()];
    },
    get(node, key) {
      if ('map' in node) return node.map.get(String(key));
      return 'list' in node ? node.list[Number(key)] : undefined;
    },
    scalarOf: (node) => ('raw' in node ? scalarOf(node.raw) : { type: 'null', text: 'null' }),
    set(node, key, made) {
      if ('map' in node) node.map.set(String(key), toNode(made));
      if ('list' in node) node.list[Number(key)] = toNode(made);
      return true;
    },
  };
}

function scalarOf(raw: string): TypedScalar {
  if (raw.startsWith('"')) return { type: 'string', text: JSON.parse(raw) };
  if (raw === 'null') return { type: 'null', text: raw };
  return { type: raw === 'true' || raw === 'false' ? 'boolean' : 'number', text: raw };
}

function toNode(made: Made): JsonNode {
  if ('map' in made) return { map: new Map(made.map.map(([key, inner]) => [key, toNode(inner)])) };
  if ('list' in made) return { list: made.list.map(toNode) };
  const { type, text } = made.scalar;
  return { raw: type === 'string' ? JSON.stringify(text) : text };
}

/** Of text that is known to be JSON. */
function parse(text: string): JsonNode {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new UnreadableConfig(`It is not JSON${whereIn(error)}.`);
  }
  const token = /[\s,:]*(?:([{}[\]])|"|[^\s,:{}[\]"]+)/y;
  const next = (): string => {
    const [whole = '', bracket] = token.exec(text) ?? [];
    if (bracket !== undefined) return bracket;
    if (!whole.endsWith('"')) return whole.replace(/^[\s,:]+/, '');
    const start = token.lastIndex - 1;
    for (let at = token.lastIndex; ; at += 1) {
      if (text[at] === '\\') at += 1;
      else if (text[at] === '"') {
        token.lastIndex = at + 1;
        return text.slice(start, at + 1);
      }
    }
  };
  const node = (first: string, depth: number): JsonNode => {
    if (depth > deepest) throw new UnreadableConfig('It is nested too deeply.');
    if (first === '[') {
      const list: JsonNode[] = [];
      for (let item = next(); item !== ']'; item = next()) list.push(node(item, depth + 1));
      return { list };
    }
    if (first !== '{') return { raw: first };
    const map = new Map<string, JsonNode>();
    for (let key = next(); key !== '}'; key = next()) map.set(JSON.parse(key), node(next(), depth + 1));
    return { map };
  };
  return node(next(), 0);
}

/** Without the text around it, which may be secret. */
function whereIn(error: unknown): string {
  const [, line, column] = /line (\d+) column (\d+)/.exec(String(error)) ?? [];
  return line === undefined ? '' : ` (line ${line}, column ${column})`;
}

function format(node: JsonNode, indent: string | null, before = ''): string {
  if ('raw' in node) return node.raw;
  const isMap = 'map' in node;
  const inner = before + (indent ?? '');
  const colon = indent === null ? ':' : ': ';
  const parts = isMap
    ? [...node.map].map(([key, child]) => `${JSON.stringify(key)}${colon}${format(child, indent, inner)}`)
    : node.list.map((child) => format(child, indent, inner));
  const [open, close] = isMap ? '{}' : '[]';
  if (parts.length === 0) return `${open}${close}`;
  if (indent === null) return `${open}${parts.join(',')}${close}`;
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${before}${close}`;
}
