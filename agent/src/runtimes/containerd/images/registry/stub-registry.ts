import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../image-manifest.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A registry for tests, on the loopback: serves what it was given, answers as told where a path was taken over, and
 * remembers each request.
 */
export class StubRegistry implements AsyncDisposable {
  /** Of all connections, with or without a request. */
  connectionCount = 0;
  readonly requests: { path: string; range?: string; authorization?: string }[] = [];
  readonly #contents = new Map<string, { body: Buffer; type: string }>();
  readonly #handlers: { path: RegExp; handle: Handler }[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  static async start(address = '127.0.0.1'): Promise<StubRegistry> {
    const stub = new StubRegistry();
    stub.#server.on('connection', () => stub.connectionCount++);
    await new Promise<void>((resolve) => stub.#server.listen(0, address, resolve));
    return stub;
  }

  get host(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  /** Puts content at a path below `/v2/`. */
  put(path: string, body: Buffer | string, type = 'application/octet-stream'): void {
    this.#contents.set(`/v2/${path}`, { body: Buffer.from(body), type });
  }

  /** Puts a blob of a repository; answers its descriptor. */
  putBlob(repository: string, body: Buffer | string, mediaType = 'application/octet-stream') {
    const digest = digestOf(body);
    this.put(`${repository}/blobs/${digest}`, body);
    return { mediaType, digest, size: Buffer.byteLength(body) };
  }

  /** Puts a manifest by tag and by digest; answers its descriptor. */
  putManifest(repository: string, tag: string, content: { mediaType: string }) {
    const body = JSON.stringify(content);
    const digest = digestOf(body);
    for (const version of [tag, digest])
      this.put(`${repository}/manifests/${version}`, body, content.mediaType);
    return { mediaType: content.mediaType, digest, size: Buffer.byteLength(body) };
  }

  /** From now on these paths are answered so; the latest given is asked first. */
  on(path: RegExp, handle: Handler): void {
    this.#handlers.unshift({ path, handle });
  }

  /** What the stub does by itself: content, whole or the asked part of it, or 404. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const content = this.#contents.get(new URL(request.url ?? '/', 'http://stub').pathname);
    if (!content) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    const { body, type } = content;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = body.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-type': type,
      'content-length': part.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
    });
    response.end(part);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    const { range, authorization } = request.headers;
    this.requests.push({ path, ...(range && { range }), ...(authorization && { authorization }) });
    const special = this.#handlers.find((handler) => handler.path.test(path));
    if (special) special.handle(request, response);
    else this.serve(request, response);
  }
}
