import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serveShellPages } from './shell-pages.ts';

const serve = serveShellPages(join(import.meta.dirname, 'status-page'));

it.each([
  ['status.html', 'text/html'],
  ['status.css', 'text/css'],
])('serves %s under a policy that lets nothing in', async (name, type) => {
  const response = await serve(new Request(`catalyst-shell://app/${name}`));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain(type);
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
  expect((await response.text()).length).toBeGreaterThan(100);
});

it.each([
  'catalyst-shell://app/',
  'catalyst-shell://app/status.ts',
  'catalyst-shell://app/../main.js',
  'catalyst-shell://app/%2e%2e/main.js',
  'catalyst-shell://app//etc/passwd',
  'catalyst-shell://app/constructor',
  'catalyst-shell://app/__proto__',
  'catalyst-shell://other/status.html',
])('has nothing at %s', async (url) => {
  expect((await serve(new Request(url))).status).toBe(404);
});
