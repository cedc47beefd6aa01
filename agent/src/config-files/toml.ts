import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { type Rewrite, UnreadableConfig } from './config-edit.ts';
import { lineEnding } from './text-lines.ts';
import { type TomlNode, tomlNodes } from './toml-nodes.ts';
import { editTree, type Tree } from './tree.ts';
import type { TypedScalar } from './typed-scalar.ts';
import { inlineToml, tomlDate, tomlLines } from './write-toml.ts';

/**
 * Places as in JSON. Each edit replaces or inserts a piece of the text, so that comments, order, numbers and dates stay
 * as they are written.
 */
export const rewriteToml: Rewrite = (text, edits, skip) =>
  edits.reduce((before, edit) => {
    let after = before;
    const tree = treeOf(before, parse(before), (start, end, piece) => {
      // From the end on: earlier positions stay right. A wildcard goes through them in order.
      const shift = after.length - before.length;
      after = after.slice(0, start + shift) + piece + after.slice(end + shift);
    });
    editTree(tree, edit, skip);
    return after;
  }, text);

function parse(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.1' });
  } catch (error) {
    if (error instanceof ParseError) {
      throw new UnreadableConfig(`It is not TOML (line ${error.lineNumber}, column ${error.column + 1}).`);
    }
    throw error;
  }
}

function treeOf(
  text: string,
  program: AST.TOMLProgram,
  splice: (start: number, end: number, piece: string) => void,
): Tree<TomlNode> {
  const ending = lineEnding(text);
  const insertLines = (at: number, lines: string[]) => {
    // Behind the line that ends here, or the last one without an end.
    const before = at > 0 && !/[\r\n]/.test(text[at - 1] as string) ? ending : '';
    splice(at, at, before + lines.join(ending) + ending);
  };
  return {
    root: tomlNodes(text, program),
    kindOf: (node) => node.kind,
    keysOf: (node) => (node.kind === 'scalar' ? [] : [...node.children.keys()]),
    get: (node, key) => (node.kind === 'scalar' ? undefined : node.children.get(key)),
    scalarOf: (node) => (node.kind === 'scalar' ? scalarOf(node.value) : { type: 'null', text: '' }),
    set(node, key, made) {
      const child = node.kind === 'scalar' ? undefined : node.children.get(key);
      if (child) {
        if (child.range === null) return false;
        const isDate = child.kind === 'scalar' && 'datetime' in child.value;
        const raw = isDate && 'scalar' in made && tomlDate.test(made.scalar.text) && made.scalar.text;
        splice(...child.range, raw || inlineToml(made));
        return true;
      }
      if (node.kind === 'scalar') return false;
      if (node.kind === 'list') {
        if (node.range === null) return false;
        splice(...node.range, `[${inlineToml(made)}]`);
        return true;
      }
      const { room } = node;
      if (room.kind === 'line') {
        const isSection = room.isRoot && 'map' in made;
        if (!isSection) insertLines(room.at, tomlLines([...room.prefix, String(key)], made));
        else {
          const gap = text.trim() === '' ? [] : [''];
          const lines = made.map.flatMap(([inner, value]) => tomlLines([inner], value));
          insertLines(text.length, [...gap, `[${tomlLines([String(key)], null)}]`, ...lines]);
        }
        return true;
      }
      const pair = tomlLines([...room.prefix, String(key)], made).join(', ');
      splice(room.at, room.at, room.isEmpty ? ` ${pair} ` : `, ${pair}`);
      return true;
    },
  };
}

function scalarOf(value: AST.TOMLValue): TypedScalar {
  if (value.kind === 'string') return { type: 'string', text: value.value };
  if (value.kind === 'boolean') return { type: 'boolean', text: String(value.value) };
  if (value.kind === 'integer' || value.kind === 'float') return { type: 'number', text: value.number };
  return { type: 'string', text: value.datetime };
}
