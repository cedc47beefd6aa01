// Stands in for the panel: listens, says where, and fails as told by the file `fake-panel-mode` in its data folder.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const dataDirectory = process.env.CATALYST_DATA_DIR;
const run = join(dataDirectory, 'run');
const modeFile = join(dataDirectory, 'fake-panel-mode');
const mode = existsSync(modeFile) ? readFileSync(modeFile, 'utf8').trim() : '';
mkdirSync(run, { recursive: true });
appendFileSync(join(dataDirectory, 'starts'), `${process.pid}\n`);
writeFileSync(join(dataDirectory, 'environment.json'), JSON.stringify(process.env));
console.log(JSON.stringify({ level: 30, msg: 'Fake panel starting' }));

if (mode === 'crash') {
  console.error('The database is newer than this program');
  process.exit(3);
}

if (mode === 'stubborn') process.on('SIGTERM', () => {});
// As the panel: once asked it closes, and being asked twice would end it in the middle.
process.once('SIGTERM', () => {
  if (mode === 'stubborn') return;
  setTimeout(() => {
    rmSync(join(run, 'port'), { force: true });
    writeFileSync(join(dataDirectory, 'ended-cleanly'), String(process.pid));
    process.exit(0);
  }, 50);
});

const contentType = { 'content-type': 'text/html; charset=utf-8' };
const policy = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
};
const page = (
  title,
) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p id="pid">${process.pid}</p>
<a id="web" href="https://example.com/docs">Docs</a> <a id="new-window" target="_blank" href="https://example.com/popup">New</a>
<a id="inside" href="/servers">Servers</a></body></html>`;

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://panel');
  if (pathname === '/health') {
    response.setHeader('content-type', 'application/json');
    response.statusCode = mode === 'unhealthy' ? 503 : 200;
    response.end(JSON.stringify({ status: 'ok' }));
  } else if (pathname === '/leave') {
    response.writeHead(302, { location: searchParams.get('to') }).end();
  } else {
    // One page without a policy of its own, so that only the app's remains.
    const headers = pathname === '/lax' ? contentType : { ...contentType, ...policy };
    response.writeHead(200, headers).end(page(pathname === '/' ? 'Fake panel' : `Fake panel ${pathname}`));
  }
});
server.listen(Number(process.env.CATALYST_PORT), process.env.CATALYST_HOST, () => {
  if (mode === 'mute') return;
  const { port } = server.address();
  const hasAdmin = existsSync(join(dataDirectory, 'has-admin'));
  const url = `http://127.0.0.1:${port}${hasAdmin ? '/' : '/setup#one-time_CODE'}`;
  if (!hasAdmin) writeFileSync(join(run, 'setup-url'), `${url}\n`, { mode: 0o600 });
  writeFileSync(join(run, 'port'), `${port}\n`, { mode: 0o600 });
  console.log(`Catalyst is ready at ${url}`);
});
