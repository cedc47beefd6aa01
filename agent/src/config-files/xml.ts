import { DOMParser, type Document, type Element, type Node, ParseError, XMLSerializer } from '@xmldom/xmldom';
import { type ConfigEdit, newValue, plainText, type Rewrite, UnreadableConfig } from './config-edit.ts';
import { lineEnding, withLineEnding } from './text-lines.ts';

const deepest = 200;
const name = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u;
const step = /^([^[\]]+)(?:\[@([\p{L}_][\p{L}\p{N}_.:-]*)=(?:'([^']*)'|"([^"]*)")\])?$/u;

/** One part of a place: the name of an element, or `*`, with an attribute it must have. */
interface Step {
  name: string;
  attribute: { name: string; value: string } | null;
}

/**
 * Places are the names of elements with dots between, from the root on; `*` stands for any one. The value becomes the
 * element's text, or an attribute when it is written `[name='value']`. Elements that are not there are made.
 */
export const rewriteXml: Rewrite = (text, edits, skip) => {
  const document = text.trim() === '' ? null : parse(text);
  const made = document ?? new DOMParser().parseFromString(emptyFor(edits), 'text/xml');
  let hasChanged = document === null;
  for (const edit of edits) hasChanged = editElements(made, edit, skip) || hasChanged;
  if (!hasChanged) return text;
  return withLineEnding(write(made, text), lineEnding(text));
};

/** With the root that the first place asks for. */
function emptyFor(edits: readonly ConfigEdit[]): string {
  const root = toSteps(edits[0]?.place ?? '')?.[0]?.name ?? '';
  if (!name.test(root)) throw new UnreadableConfig('It is empty, and no place says what its root is called.');
  return `<?xml version="1.0" encoding="utf-8"?>\n<${root}/>`;
}

function parse(text: string): Document {
  // Nothing may be declared that could stand for more than itself.
  if (/<!DOCTYPE/i.test(text)) throw new UnreadableConfig('It declares a document type, which is not read.');
  refuseDepth(text);
  try {
    return new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new ParseError(message);
      },
    }).parseFromString(text, 'text/xml');
  } catch (error) {
    if (error instanceof ParseError) throw new UnreadableConfig('It is not XML.');
    throw error;
  }
}

function refuseDepth(text: string): void {
  let depth = 0;
  for (const [tag] of text.matchAll(
    /<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\/|<[\p{L}_](?:"[^"]*"|'[^']*'|[^>"'])*>/gsu,
  )) {
    if (tag === '</') depth -= 1;
    else if (!tag.startsWith('<!') && !tag.endsWith('/>')) depth += 1;
    if (depth > deepest) throw new UnreadableConfig('It is nested too deeply.');
  }
}

function editElements(
  document: Document,
  edit: ConfigEdit,
  skip: (place: string, why: string) => void,
): boolean {
  const steps = toSteps(edit.place);
  const root = document.documentElement;
  if (!steps || !root) {
    skip(edit.place, 'this is no place of an XML file');
    return false;
  }
  if (!fits(root, steps[0] as Step)) {
    skip(edit.place, `the root of the file is called ${root.nodeName}`);
    return false;
  }
  let found = findAll(root, steps.slice(1));
  const isMade = found.length === 0 && edit.conditions === null && steps.every((part) => part.name !== '*');
  if (isMade) found = [makeElements(document, root, steps.slice(1))];
  const changes = found.map((element) => setElement(document, element, edit));
  return isMade || changes.includes(true);
}

/** Null when it is none. */
function toSteps(place: string): Step[] | null {
  const parts = place.match(/(?:\[[^\]]*\]|[^.[\]])+/g) ?? [];
  const steps = parts.map((part) => {
    const [, tag = '', attribute, single, double] = step.exec(part) ?? [];
    if (tag !== '*' && !name.test(tag)) return null;
    return { name: tag, attribute: attribute ? { name: attribute, value: single ?? double ?? '' } : null };
  });
  return steps.length === 0 || steps.includes(null) ? null : (steps as Step[]);
}

function findAll(start: Element, steps: readonly Step[]): Element[] {
  return steps.reduce<Element[]>(
    (elements, part) =>
      elements.flatMap((element) => childrenOf(element).filter((child) => fits(child, part))),
    [start],
  );
}

function fits(element: Element, { name: wanted, attribute }: Step): boolean {
  if (wanted !== '*' && element.nodeName !== wanted) return false;
  return attribute === null || element.getAttribute(attribute.name) === attribute.value;
}

function makeElements(document: Document, root: Element, steps: readonly Step[]): Element {
  let element = root;
  for (const [index, part] of steps.entries()) {
    const child = childrenOf(element).find((candidate) => fits(candidate, part));
    element = child ?? append(document, element, part, index);
  }
  return element;
}

/** On a line of its own, indented by two spaces for each element around it. */
function append(document: Document, parent: Element, { name: tag, attribute }: Step, depth: number): Element {
  const made = document.createElement(tag);
  if (attribute) made.setAttribute(attribute.name, attribute.value);
  const last = parent.lastChild;
  if (last && last.nodeType === last.TEXT_NODE && last.nodeValue?.trim() === '') parent.removeChild(last);
  parent.appendChild(document.createTextNode(`\n${'  '.repeat(depth + 1)}`));
  parent.appendChild(made);
  parent.appendChild(document.createTextNode(`\n${'  '.repeat(depth)}`));
  return made;
}

function setElement(document: Document, element: Element, edit: ConfigEdit): boolean {
  const value = newValue(edit, element.textContent ?? '');
  if (value === undefined) return false;
  const words = plainText(value).replace(notInXml, '');
  const [, attribute, attributeValue] = /^\[([\p{L}_][\p{L}\p{N}_.:-]*)='(.*)'\]$/su.exec(words) ?? [];
  if (attribute !== undefined && attributeValue !== undefined) {
    if (element.getAttribute(attribute) === attributeValue) return false;
    element.setAttribute(attribute, attributeValue);
    return true;
  }
  const texts = textsOf(element);
  const before = texts.map((node) => node.nodeValue).join('');
  const isSame = childrenOf(element).length > 0 ? before.trim() === words.trim() : before === words;
  if (isSame) return false;
  for (const node of texts) element.removeChild(node);
  element.insertBefore(document.createTextNode(words), element.firstChild);
  return true;
}

/** What an element says itself; between its elements it only has line breaks. */
function textsOf(element: Element): Node[] {
  const hasElements = childrenOf(element).length > 0;
  return nodesOf(element).filter(
    ({ nodeType, TEXT_NODE, CDATA_SECTION_NODE, nodeValue }) =>
      (nodeType === TEXT_NODE && !(hasElements && nodeValue?.trim() === '')) ||
      nodeType === CDATA_SECTION_NODE,
  );
}

function childrenOf(element: Element): Element[] {
  return nodesOf(element).filter((node): node is Element => node.nodeType === node.ELEMENT_NODE);
}

function nodesOf(node: Node): Node[] {
  const nodes: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) nodes.push(child);
  return nodes;
}

/** What stands before and behind the root comes on lines of its own. */
function write(document: Document, before: string): string {
  const serializer = new XMLSerializer();
  const parts = nodesOf(document)
    .filter((node) => node.nodeType !== node.TEXT_NODE)
    .map((node) => serializer.serializeToString(node));
  return parts.join('\n') + (before === '' ? '\n' : (/\s*$/.exec(before)?.[0] ?? ''));
}

/** And what it had better not. */
const notInXml = /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Cs}/gu;
