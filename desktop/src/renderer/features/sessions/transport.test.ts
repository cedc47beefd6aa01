import { expect, it } from 'vitest';
import { isInsecureTransport } from './transport.ts';

it.each([
  ['http:', '192.168.1.4', true],
  ['http:', 'panel.lan', true],
  ['http:', '127.0.0.1.example.com', true],
  ['https:', '192.168.1.4', false],
  ['http:', '127.0.0.1', false],
  ['http:', '127.9.9.9', false],
  ['http:', 'localhost', false],
  ['http:', '[::1]', false],
])('%s//%s is readable on the way: %s', (protocol, hostname, insecure) => {
  expect(isInsecureTransport({ protocol, hostname })).toBe(insecure);
});
