import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The app's own pages, all of them. */
const pages: Record<string, string> = {
  '/status.html': 'text/html; charset=utf-8',
  '/status.css': 'text/css; charset=utf-8',
  '/status.js': 'text/javascript; charset=utf-8',
};

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** Answers requests for the app's own pages; there is nothing else to be had through their scheme. */
export function serveShellPages(directory: string): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    const { host, pathname } = new URL(url);
    const type =
      host === 'app' && method === 'GET' && Object.hasOwn(pages, pathname) ? pages[pathname] : undefined;
    if (!type) return new Response('Not found', { status: 404, headers });
    return new Response(await readFile(join(directory, pathname)), {
      headers: { ...headers, 'content-type': type },
    });
  };
}
