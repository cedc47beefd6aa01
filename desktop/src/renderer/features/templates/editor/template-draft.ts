import type { Issue } from '@catalyst/shared/contract/errors';
import { placeholderNames, placeholdersOf, templateTexts } from '@catalyst/shared/features/render-template';
import type { Template } from '@catalyst/shared/features/templates';
import type { z } from 'zod';
import { asSentence } from '../../../api/errors.ts';
import { contentOf, TemplateContent } from '../template-content.ts';
import { linesByPath } from './json-lines.ts';
import { strings } from './strings.ts';

/** Something that keeps a draft from being saved. */
export interface Problem {
  /** Dotted; empty for the document as a whole. */
  path: string;
  message: string;
  line?: number;
}

export interface Draft {
  /** What the text says; undefined while it is not JSON. */
  document: unknown;
  /** The same as a template, once there is no problem. */
  content: TemplateContent | null;
  problems: Problem[];
}

export const textOf = (template: Template): string => JSON.stringify(contentOf(template), null, 2);

export function readDraft(text: string): Draft {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return { document, content: null, problems: [syntaxProblem(text, error as SyntaxError)] };
  }
  const parsed = TemplateContent.safeParse(document);
  const found = parsed.success
    ? unknownPlaceholders(parsed.data)
    : parsed.error.issues.flatMap(flattened).map((issue) => toProblem(issue, document));
  const problems = withLines(text, found);
  return { document, content: parsed.success && problems.length === 0 ? parsed.data : null, problems };
}

/** The panel's refusal in the same words and places. */
export function withLines(text: string, issues: readonly Issue[]): Problem[] {
  if (issues.length === 0) return [];
  const lines = linesByPath(text);
  return issues.map(({ path, message }) => {
    const line = path === '' ? undefined : nearestLine(lines, path);
    return { path, message, ...(line !== undefined && { line }) };
  });
}

/** What is missing has no line; what it is missing from has. */
function nearestLine(lines: ReadonlyMap<string, number>, path: string): number | undefined {
  for (let place = path; place !== ''; place = place.slice(0, Math.max(0, place.lastIndexOf('.')))) {
    const line = lines.get(place);
    if (line !== undefined) return line;
  }
  return 1;
}

/** Browsers say where in different ways, and some not at all. */
function syntaxProblem(text: string, { message }: SyntaxError): Problem {
  const [, named] = /line (\d+)/.exec(message) ?? [];
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const line = named ?? (position && text.slice(0, Number(position)).split('\n').length);
  return { path: '', message, ...(line && { line: Number(line) }) };
}

type ZodIssue = z.core.$ZodIssue;

/** Of several shapes a value may have, the complaints about the one it is closest to. */
function flattened(issue: ZodIssue): ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const strangers = (issues: ZodIssue[]) => issues.filter(({ code }) => code === 'unrecognized_keys').length;
  const [closest] = issue.errors.toSorted(
    (left, right) => strangers(left) - strangers(right) || left.length - right.length,
  );
  return (closest ?? []).flatMap((inner) =>
    flattened({ ...inner, path: [...issue.path, ...inner.path] } as ZodIssue),
  );
}

function toProblem({ path, message }: ZodIssue, document: unknown): Issue {
  const value = path.reduce<unknown>(
    (parent, key) => (parent as Record<PropertyKey, unknown> | null | undefined)?.[key],
    document,
  );
  return {
    path: path.map(String).join('.'),
    message: value === undefined ? strings.isMissing : asSentence(message),
  };
}

function unknownPlaceholders(content: TemplateContent): Issue[] {
  const template = asTemplate(content);
  const known = placeholderNames(template);
  const names = templateTexts(template).flatMap(placeholdersOf);
  return [...new Set(names)]
    .filter((name) => !known.has(name))
    .map((name) => ({ path: '', message: strings.unknownName(name) }));
}

/** For what works with templates, and for no more than that. */
export const asTemplate = (content: TemplateContent): Template => ({
  ...content,
  id: 'draft',
  version: 1,
  format: 1,
  origin: 'own',
});
