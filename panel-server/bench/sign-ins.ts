/**
 * How long sign-ins take at 15 a second, and what the rest of the API feels of them and of an attack: 200 wrong
 * passwords a second, each from another address and for another account, so that no limit but the hashing's own helps.
 * Whoever signs in during the attack has done so before from where he is.
 */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { hash } from '@node-rs/argon2';
import { admin, startBenchPanel } from './measuring/bench-panel.ts';
import { quantile, summary } from './measuring/figures.ts';

const durationMs = 15_000;
const probesPerSecond = 40;
// Addresses come from the header, as they do behind a proxy.
await using panel = await startBenchPanel({ CATALYST_TRUSTED_PROXIES: '127.0.0.1' });
const connections = new Agent({ keepAlive: true, maxSockets: 512 });
let strangers = 0;

await phase('nobody signs in', []);
await phase('15 sign-ins/s', [{ what: 'sign-in', perSecond: 15, password: () => admin.password }]);
await phase('200 wrong passwords/s', [
  { what: 'attack', perSecond: 200, password: () => 'not the password' },
]);
await phase('both', [
  { what: 'sign-in', perSecond: 15, password: () => admin.password },
  { what: 'attack', perSecond: 200, password: () => 'not the password' },
]);
const started = performance.now();
for (let round = 0; round < 20; round++) await hash('a password', { memoryCost: 19_456, timeCost: 2 });
console.log(`One hash takes ${((performance.now() - started) / 20).toFixed(1)} ms here`);
connections.destroy();

interface Stream {
  what: string;
  perSecond: number;
  password: () => string;
}

interface Answer {
  status: number;
  ms: number;
}

async function phase(title: string, streams: Stream[]): Promise<void> {
  const [probes, ...signIns] = await Promise.all([
    atRate(probesPerSecond, probe),
    ...streams.map(({ perSecond, what, password }) =>
      atRate(perSecond, (index) =>
        what === 'attack'
          ? signIn(`somebody${index}@example.com`, password(), address(10, ++strangers))
          : signIn(admin.email, password(), address(11, index)),
      ),
    ),
  ]);
  const times = (answers: Answer[]) => answers.map(({ ms }) => ms);
  const isWell = probes.every(({ status }) => status === 200) && quantile(times(probes), 0.99) <= 500;
  console.log(`${title.padEnd(24)} other API  ${summary(times(probes))}${isWell ? '' : '   TOO SLOW'}`);
  for (const [index, { what }] of streams.entries()) {
    const answers = signIns[index] ?? [];
    const counts = Object.entries(Object.groupBy(answers, ({ status }) => status)).map(
      ([status, some]) => `${some?.length} × ${status}`,
    );
    console.log(`${''.padEnd(24)} ${what.padEnd(10)} ${summary(times(answers))}   ${counts.join(', ')}`);
  }
}

/** Begins so many a second whether or not the earlier ones have ended. */
async function atRate(perSecond: number, work: (index: number) => Promise<Answer>): Promise<Answer[]> {
  const begun: Promise<Answer>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < (perSecond * durationMs) / 1000; index++) {
    const due = startedAt + (index * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await delay(wait);
    begun.push(work(index));
  }
  return Promise.all(begun);
}

function probe(index: number): Promise<Answer> {
  const path = index % 2 ? '/api/auth/me' : '/api/servers';
  return ask('GET', path, { authorization: `Bearer ${panel.token}` });
}

function address(net: number, host: number): string {
  return `${net}.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`;
}

function signIn(email: string, password: string, from: string): Promise<Answer> {
  const headers = {
    'x-forwarded-for': from,
    'x-forwarded-proto': 'https',
    'content-type': 'application/json',
  };
  return ask('POST', '/api/auth/login', headers, JSON.stringify({ email, password }));
}

function ask(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const { port } = panel;
    request({ host: '127.0.0.1', port, method, path, headers, agent: connections }, (response) => {
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, ms: performance.now() - startedAt }),
      );
      response.resume();
    })
      .on('error', reject)
      .end(body);
  });
}
