import { type Document, isMap, isScalar, isSeq, type Node, parseAllDocuments, Scalar, visit } from 'yaml';
import { type Rewrite, UnreadableConfig } from './config-edit.ts';
import { lineEnding, withLineEnding } from './text-lines.ts';
import { editTree, type Made, type Tree } from './tree.ts';
import type { TypedScalar } from './typed-scalar.ts';

const mostAliases = 100;

/**
 * Places as in JSON. Comments, order, quotes and every value that is not set stay as they are written, since nothing
 * but text is read into them; indentation may become regular.
 */
export const rewriteYaml: Rewrite = (text, edits, skip) => {
  const document = parse(text);
  const tree = treeOf(document);
  let hasChanged = false;
  for (const edit of edits) hasChanged = editTree(tree, edit, skip) || hasChanged;
  if (!hasChanged) return text;
  const written = document.toString({
    lineWidth: 0,
    indent: Math.min(8, Math.max(1, /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2)),
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m.test(text),
    flowCollectionPadding: !/[[{][^\s\]}]/.test(text),
  });
  return withLineEnding(written, lineEnding(text));
};

function parse(text: string): Document {
  // Of nothing but comments there is no document that they could be kept in.
  const [document = read(`${text}\n{}\n`)[0], second] = read(text);
  if (second) throw new UnreadableConfig('It holds several documents.');
  const made = document as Document;
  const [problem] = made.errors;
  if (problem)
    throw new UnreadableConfig(`It is not YAML (${problem.code.toLowerCase().replaceAll('_', ' ')}).`);
  refuseTwins(made);
  refuseExpansion(made);
  return made;
}

/** Readers differ in which of two equal keys they take. */
function refuseTwins(document: Document): void {
  visit(document, {
    Map: (_, { items }) => {
      const keys = items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
      if (new Set(keys).size < keys.length) throw new UnreadableConfig('It is not YAML (duplicate key).');
    },
  });
}

/** Aliases of aliases of … grow without end for whoever follows them. */
function refuseExpansion(document: Document): void {
  let hasAlias = false;
  visit(document, {
    Alias: () => {
      hasAlias = true;
      return visit.BREAK;
    },
  });
  if (!hasAlias) return;
  try {
    document.toJS({ maxAliasCount: mostAliases });
  } catch {
    throw new UnreadableConfig('Its aliases expand to too much, or lead nowhere.');
  }
}

function read(text: string): Document[] {
  return parseAllDocuments(text, {
    // Every plain scalar is text, so that `yes`, `010` and long numbers are written back as they were.
    schema: 'failsafe',
    customTags: [emptyTag],
    keepSourceTokens: false,
    // The library compares each key with all others, which in big files takes minutes.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  }) as Document[];
}

const emptyTag = {
  tag: 'tag:yaml.org,2002:null',
  default: true,
  test: /^$/,
  identify: (value: unknown) => value === null,
  resolve: () => new Scalar(null),
  stringify: () => '',
};

function treeOf(document: Document): Tree<unknown> {
  if (document.contents === null || isEmpty(document.contents)) {
    const { comment, commentBefore } = (document.contents ?? {}) as Partial<Node>;
    document.contents = document.createNode({}) as never;
    Object.assign(document.contents as Node, { comment, commentBefore, flow: false });
  }
  return {
    root: document.contents,
    kindOf(node) {
      if (isMap(node)) return 'map';
      if (isSeq(node)) return 'list';
      if (isScalar(node) && !node.tag) return scalarOf(node).type === 'null' ? 'nothing' : 'scalar';
      return node === null ? 'nothing' : 'other';
    },
    keysOf(node) {
      if (isSeq(node)) return [...node.items.keys()];
      return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
    },
    get(node, key) {
      if (isSeq(node)) return node.items[Number(key)];
      if (!isMap(node)) return undefined;
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      return pair && (pair.value ?? null);
    },
    scalarOf: (node) => scalarOf(node as Scalar | null),
    set(node, key, made) {
      if (isSeq(node)) {
        node.items[Number(key)] = keepLook(node.items[Number(key)], toNode(document, made));
        return true;
      }
      if (!isMap(node)) return false;
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair) pair.value = keepLook(pair.value, toNode(document, made));
      else node.items.push(document.createPair(toNode(document, text(String(key))), toNode(document, made)));
      // A block of what was `{}` reads better.
      if (node.items.length === 1 && node.flow && !pair) node.flow = false;
      return true;
    },
  };
}

const isEmpty = (node: unknown) => isScalar(node) && node.value === null;
const text = (words: string): Made => ({ scalar: { type: 'string', text: words } });

/** Plain scalars have the types of YAML 1.1 and 1.2 alike; quoted ones are text. */
function scalarOf(node: Scalar | null): TypedScalar {
  const words = node?.value === null || node === null ? '' : String(node.value);
  if (node !== null && node.type !== 'PLAIN' && node.value !== null) return { type: 'string', text: words };
  if (/^(|~|null|Null|NULL)$/.test(words)) return { type: 'null', text: 'null' };
  if (/^(true|false)$/i.test(words)) return { type: 'boolean', text: words.toLowerCase() };
  if (/^(yes|no|on|off)$/i.test(words)) {
    return { type: 'boolean', text: String(/^(yes|on)$/i.test(words)) };
  }
  return {
    type: /^[-+]?(\d+|\d+\.\d*|\.\d+)([eE][-+]?\d+)?$/.test(words) ? 'number' : 'string',
    text: words,
  };
}

function toNode(document: Document, made: Made): Node {
  if ('scalar' in made) return toScalar(made.scalar);
  if ('list' in made) {
    const list = document.createNode([]);
    for (const item of made.list) list.items.push(toNode(document, item) as never);
    return list;
  }
  const map = document.createNode({});
  for (const [key, inner] of made.map) {
    map.items.push(document.createPair(toNode(document, text(key)), toNode(document, inner)) as never);
  }
  return map;
}

/** Text that some reader takes for something else is quoted. */
function toScalar({ type, text: words }: TypedScalar): Scalar {
  const scalar = new Scalar<unknown>(words);
  const looksPlain =
    /^\d+(\.\d+){3}(:\d+)?$/.test(words) ||
    (/^[A-Za-z_/][\w ./:@+-]*$/.test(words) && !/: |:$| $|^(y|n)$/i.test(words));
  const isText = scalarOf(Object.assign(new Scalar(words), { type: 'PLAIN' })).type === 'string';
  scalar.type = type !== 'string' || (looksPlain && isText) ? 'PLAIN' : 'QUOTE_DOUBLE';
  return scalar;
}

/** The comments of what was there, and its quotes. */
function keepLook(before: unknown, after: Node): Node {
  if (!isScalar(before)) return after;
  const { comment, commentBefore, spaceBefore, type } = before;
  const isQuoted = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE';
  const wasText = isScalar(after) && isQuoted && scalarOf(before).type === 'string';
  return Object.assign(
    after,
    { comment, commentBefore, spaceBefore },
    wasText && after.type !== 'PLAIN' && { type },
  );
}
