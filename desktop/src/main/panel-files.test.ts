import { expect, it } from 'vitest';
import { parsePort, parseSetupUrl } from './panel-files.ts';

it.each([
  ['3000\n', 3000],
  ['65535', 65535],
  ['3000\r\n', 3000],
])('reads the port %j', (text, port) => expect(parsePort(text)).toBe(port));

it.each(['', '\n', '0', '65536', '-1', '3000 ', ' 3000', '3000\n3001', '0x10', '1e3', 'port', '300000'])(
  'takes %j for no port',
  (text) => expect(parsePort(text)).toBeUndefined(),
);

const origin = 'http://127.0.0.1:4100';

it.each([
  ['http://127.0.0.1:4100/setup#k3J-_9\n', `${origin}/setup#k3J-_9`],
  ['http://localhost:4100/setup#k3J-_9', `${origin}/setup#k3J-_9`],
])('reads the set-up page %j', (text, url) => expect(parseSetupUrl(text, origin)).toBe(url));

it.each([
  '',
  'http://127.0.0.1:4101/setup#code',
  'http://127.0.0.1:4100/setup',
  'http://127.0.0.1:4100/setup#',
  'http://127.0.0.1:4100/#code',
  'http://127.0.0.1:4100/setup/../evil#code',
  'http://127.0.0.1:4100@evil.example/setup#code',
  'https://127.0.0.1:4100/setup#code',
  'http://evil.example:4100/setup#code',
  'file:///setup#code',
  'javascript:alert(1)//setup#code',
  'http://127.0.0.1:4100/setup#<script>',
  'http://127.0.0.1:4100/setup#code\nhttp://127.0.0.1:4100/setup#code',
  `http://127.0.0.1:4100/setup#${'a'.repeat(129)}`,
])('opens no set-up page for %j', (text) => expect(parseSetupUrl(text, origin)).toBeUndefined());
