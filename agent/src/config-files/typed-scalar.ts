import type { ConfigPlain } from '@catalyst/shared/features/config-files';

export type Scalar = Exclude<ConfigPlain, unknown[]>;

/** A value as a format with types holds it. Numbers are kept as they are written: no digit is lost. */
export interface TypedScalar {
  type: 'string' | 'number' | 'boolean' | 'null';
  text: string;
}

/**
 * What a template gives a type keeps it. Text takes the type of what it replaces, where it can; else it is a number when
 * it looks like a whole one.
 */
export function typedScalar(value: Scalar, replaced?: TypedScalar['type']): TypedScalar {
  if (value === null) return { type: 'null', text: 'null' };
  if (typeof value === 'boolean') return { type: 'boolean', text: String(value) };
  if (typeof value === 'number') return { type: 'number', text: String(value) };
  if (replaced === 'string') return { type: 'string', text: value };
  if (replaced === 'boolean' && booleans.has(value)) {
    return { type: 'boolean', text: String(booleans.get(value)) };
  }
  if (replaced === 'number' && number.test(value)) return { type: 'number', text: value };
  return { type: isWholeNumber(value) ? 'number' : 'string', text: value };
}

export function isSame(left: TypedScalar, right: TypedScalar): boolean {
  return left.type === right.type && left.text === right.text;
}

const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Of 64 bits, as games have them. */
function isWholeNumber(text: string): boolean {
  return /^-?(0|[1-9]\d{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

const truths = ['1', 't', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const);
const lies = ['0', 'f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const);
const booleans = new Map([...truths, ...lies]);
