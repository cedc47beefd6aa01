import { expect, it } from 'vitest';
import { externalTarget, isOwnFrameContent, pageOwner } from './url-policy.ts';

const panel = 'http://127.0.0.1:4100';

it.each([
  ['catalyst-shell://app/status.html', 'shell'],
  ['catalyst-shell://app/status.html#page-failed', 'shell'],
  ['catalyst-shell://app/status.html?x=1', undefined],
  ['catalyst-shell://app/other.html', undefined],
  ['catalyst-shell://other/status.html', undefined],
  ['catalyst-shell://user@app/status.html', undefined],
  ['http://127.0.0.1:4100/', 'panel'],
  ['http://127.0.0.1:4100/servers?x=1#y', 'panel'],
  ['http://127.0.0.1:4101/', undefined],
  ['http://127.0.0.1/', undefined],
  ['http://localhost:4100/', undefined],
  ['https://127.0.0.1:4100/', undefined],
  ['http://127.0.0.1:4100@evil.example/', undefined],
  ['http://user:secret@127.0.0.1:4100/', undefined],
  ['http://127.0.0.1:4100.evil.example/', undefined],
  ['blob:http://127.0.0.1:4100/0a1b', undefined],
  ['view-source:http://127.0.0.1:4100/', undefined],
  ['filesystem:http://127.0.0.1:4100/temporary/x', undefined],
  ['data:text/html,hello', undefined],
  ['about:blank', undefined],
  ['file:///etc/passwd', undefined],
  ['javascript:alert(1)', undefined],
  ['', undefined],
])('%s is a page of %s', (address, owner) => {
  expect(pageOwner(address, panel)).toBe(owner);
});

it('knows no page of a panel before there is one', () => {
  expect(pageOwner('http://127.0.0.1:4100/', undefined)).toBeUndefined();
  expect(pageOwner('data:text/html,hello', undefined)).toBeUndefined();
});

it.each([
  ['https://example.com/docs?q=1#top', 'https://example.com/docs?q=1#top'],
  ['mailto:admin@example.com', 'mailto:admin@example.com'],
  ['HTTPS://EXAMPLE.COM', 'https://example.com/'],
])('opens %s outside', (address, target) => {
  expect(externalTarget(address)).toBe(target);
});

it.each([
  'http://example.com/',
  'https://user:secret@example.com/',
  'file:///etc/passwd',
  'file://server/share/run.exe',
  '\\\\server\\share\\run.exe',
  'smb://server/share',
  'ms-msdt:/id PCWDiagnostic',
  'ms-officecmd:{}',
  'search-ms:query=x',
  'javascript:alert(1)',
  'data:text/html,hello',
  'blob:https://example.com/1',
  'vscode://file/etc/passwd',
  'ssh://-oProxyCommand=x/',
  'chrome://settings',
  'catalyst-shell://app/status.html',
  'about:blank',
  'example.com',
  'https://',
  '',
  `https://example.com/${'a'.repeat(3000)}`,
])('never opens %s outside', (address) => {
  expect(externalTarget(address)).toBeUndefined();
});

it.each([
  ['about:blank', true],
  ['about:srcdoc', true],
  ['http://127.0.0.1:4100/openapi', true],
  ['https://example.com/', false],
  ['data:text/html,hello', false],
  ['catalyst-shell://app/status.html', false],
])('a frame inside a page may show %s: %s', (address, expected) => {
  expect(isOwnFrameContent(address, panel)).toBe(expected);
});
