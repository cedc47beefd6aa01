import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const program = `
const { createReadStream, createWriteStream } = require('node:fs');
const { pipeline } = require('node:stream/promises');
const path = process.argv[1];
require('node:http').createServer(async (request, response) => {
  if (request.method === 'GET') return pipeline(createReadStream(path), response);
  await pipeline(request, createWriteStream(path, { flush: true }));
  response.end();
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

/** One file by HTTP with Node's own means in a process of its own: what comes closest to no work at all. */
export class PlainFileServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async start(path: string): Promise<PlainFileServer> {
    const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(child.stdout, 'data');
    return new PlainFileServer(child, Number(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}
