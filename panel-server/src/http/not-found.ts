import { AppError } from '@catalyst/shared/contract/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type InterfaceFile, InterfaceFiles } from './interface-files.ts';
import type { PanelHttp } from './panel-http.ts';

/**
 * What no route takes: a file of the interface, a page of it (they all are index.html), a route asked with the wrong
 * method, or nothing.
 */
export function answerTheRest(app: PanelHttp, interfaceDir: string): void {
  const files = new InterfaceFiles(interfaceDir);
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, new Set([...known, ...[method].flat()]));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.replace(/[?#].*$/, '');
    const allowed = allowedMethods(methods, path);
    if (allowed) {
      reply.header('allow', allowed.join(', '));
      throw new AppError('method_not_allowed', `This address takes ${allowed.join(', ')}`);
    }
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api|socket\.io)(\/|$)/.test(path);
    if (!isPage) throw new AppError('not_found', 'There is nothing at this address');
    const file = await files.find(path === '/' ? '/index.html' : path);
    if (file) return sendFile(files, file, request, reply);
    if (!isPageAddress(path)) throw new AppError('not_found', 'There is nothing at this address');
    const index = await files.find('/index.html');
    if (index) return sendFile(files, index, request, reply);
    return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
  });
}

/** Only an address as the interface writes it is one of its pages: not a file's, and not one that means another path. */
function isPageAddress(path: string): boolean {
  if (/\.[a-z0-9]+$/i.test(path) || /\/\/|\\|%(2f|5c|7f|[01])/i.test(path)) return false;
  return !/^\/(api|assets|socket\.io)(\/|$)/i.test(decodeURIComponent(path));
}

function allowedMethods(methods: Map<string, Set<string>>, path: string): string[] | undefined {
  for (const [url, known] of methods) {
    const pattern = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+');
    if (new RegExp(`^${pattern}$`).test(path)) return [...known].sort();
  }
  return undefined;
}

function sendFile(files: InterfaceFiles, file: InterfaceFile, request: FastifyRequest, reply: FastifyReply) {
  reply
    .header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .type(file.type);
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const { stream, sizeBytes, encoding } = files.open(file, request.headers['accept-encoding'] ?? '');
  if (encoding) reply.header('content-encoding', encoding);
  reply.header('content-length', sizeBytes);
  return reply.code(200).send(request.method === 'HEAD' ? '' : stream());
}

const notBuilt = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Catalyst</title></head><body>
<h1>The interface has not been built</h1>
<p>The panel runs, and its <a href="/api/docs">API</a> answers. <code>npm run build</code> makes the interface.</p>
</body></html>`;
