import { describe, expect, it } from 'vitest';
import { type Case, rewriteWith } from './testing/rewritten.ts';
import { rewriteXml } from './xml.ts';

const xml = rewriteWith(rewriteXml, 'xml');
const head = '<?xml version="1.0" encoding="utf-8"?>\n';

const cases: Case[] = [
  [
    'makes what is not there',
    '',
    { 'S.Port': 5, 'S.Net.Name': 'x' },
    `${head}<S>\n  <Port>5</Port>\n  <Net>\n    <Name>x</Name>\n  </Net>\n</S>\n`,
  ],
  [
    'sets a text and leaves all else',
    `${head}<!-- c -->\n<S a="1">\n\t<Port>1</Port><!-- d -->\n\t<E/>\n</S>\n`,
    { 'S.Port': '2' },
    `${head}<!-- c -->\n<S a="1">\n\t<Port>2</Port><!-- d -->\n\t<E/>\n</S>\n`,
  ],
  [
    'leaves a file as it is that says it already',
    "<S  a='1'><P >5</P></S>",
    { 'S.P': '5' },
    "<S  a='1'><P >5</P></S>",
  ],
  ['sets every element of that name', '<S><P>1</P><P>2</P></S>', { 'S.P': '3' }, '<S><P>3</P><P>3</P></S>'],
  [
    'knows a wildcard, and makes nothing by it',
    '<S><A><P>1</P></A><B><P>2</P></B><C/></S>',
    { 'S.*.P': '3', 'S.*.Q': '4' },
    '<S><A><P>3</P></A><B><P>3</P></B><C/></S>',
  ],
  [
    'sets an attribute',
    '<S><P v="1">t</P></S>',
    { 'S.P': "[v='2']", 'S.Q': "[w='x']" },
    '<S><P v="2">t</P>\n  <Q w="x"/>\n</S>',
  ],
  [
    'finds an element by its attribute',
    '<S><p name="Port" value="1"/><p name="Name" value="2"/></S>',
    { "S.p[@name='Port']": "[value='3']", "S.p[@name='a.b']": "[value='4']" },
    '<S><p name="Port" value="3"/><p name="Name" value="2"/>\n  <p name="a.b" value="4"/>\n</S>',
  ],
  [
    'compares old values',
    '<S><P>1</P><Q>1</Q></S>',
    { 'S.P': { 1: '2' }, 'S.Q': { 2: '3' }, 'S.R': { '': 'x' } },
    '<S><P>2</P><Q>1</Q></S>',
  ],
  [
    'escapes what it writes',
    '<S/>',
    { 'S.P': '<a>&"\u0001]]>' },
    '<S>\n  <P>&lt;a&gt;&amp;"]]&gt;</P>\n</S>',
  ],
  [
    'keeps CRLF',
    '<S>\r\n  <P>1</P>\r\n</S>\r\n',
    { 'S.P': '2', 'S.Q': '3' },
    '<S>\r\n  <P>2</P>\r\n  <Q>3</Q>\r\n</S>\r\n',
  ],
  [
    'keeps CDATA and references',
    '<S><P><![CDATA[a<b]]></P><Q>&amp;&#65;</Q><R>1</R></S>',
    { 'S.R': '2' },
    '<S><P><![CDATA[a<b]]></P><Q>&amp;A</Q><R>2</R></S>',
  ],
  [
    'keeps the elements of what it gives a text',
    '<S>\n  <P>\n    <Q/>\n  </P>\n</S>',
    { 'S.P': 'x' },
    '<S>\n  <P>x\n    <Q/>\n  </P>\n</S>',
  ],
  ['leaves a file with another root', '<T/>', { 'S.P': '1' }, '<T/>', ['S.P']],
  [
    'leaves out what is no place',
    '<S/>',
    { 'S.P Q': '1', 'S.<x>': '2', 'S..P': '3' },
    '<S>\n  <P>3</P>\n</S>',
    ['S.P Q', 'S.<x>'],
  ],
  [
    'keeps names with prefixes',
    '<S xmlns:x="urn:x"><x:P>1</x:P></S>',
    { 'S.x:P': '2' },
    '<S xmlns:x="urn:x"><x:P>2</x:P></S>',
  ],
];

describe('an XML file', () => {
  it.each(cases)('%s', (_, before, find, after, skipped = []) =>
    expect(xml(before, find)).toEqual({ text: after, skipped }),
  );

  it.each(cases)('%s, and changes nothing the second time', (_, before, find) => {
    const { text } = xml(before, find);
    expect(xml(text, find).text).toBe(text);
  });

  it.each(['<S>', '<S></T>', 'hello', '<S/><S/>', '<S>&nobody;</S>', '<?xml version="1.0"?>'])(
    'is unreadable when it is none: %s',
    (text) => expect(() => xml(text, { 'S.P': '1' })).toThrow(/^It is not XML/),
  );

  it('is unreadable when it declares entities, which could laugh or name files', () => {
    const laughs = '<!DOCTYPE S [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><S>&b;</S>';
    expect(() => xml(laughs, { 'S.P': '1' })).toThrow('document type');
    const file = '<!doctype S [<!ENTITY a SYSTEM "file:///etc/passwd">]><S>&a;</S>';
    expect(() => xml(file, { 'S.P': '1' })).toThrow('document type');
  });

  it('is unreadable when it is nested too deeply', () =>
    expect(() => xml('<a>'.repeat(50_000) + '</a>'.repeat(50_000), { 'a.b': '1' })).toThrow(
      'nested too deeply',
    ));
});
