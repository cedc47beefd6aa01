/**
 * How smoothly a list of 1,000 servers scrolls in Chromium while their use is told every two seconds: the time from frame to
 * frame on the way down and back, as rows, by group, and as cards, beside a page of as many lines of plain text and no
 * script at all (the floor). By a wheel that is turned fast (60 px a frame, 3,600 px/s) and flung (240). Argument: how many
 * servers.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from '@catalyst/shared/features/servers';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../browser.ts';
import { startDataSet } from '../screens/data-sets.ts';
import { servers as examples, id } from '../screens/example-data.ts';
import { quantile } from './measuring/figures.ts';

const count = Number(process.argv[2] ?? 1000);
const groups = ['Community', 'Schools', 'Events', 'Partners'];
const servers = Array.from({ length: count }, (_, index): Server => {
  const example = examples[index % examples.length] as Server;
  const group = groups[index % groups.length] as string;
  return { ...example, id: id(10_000 + index), name: `${example.name} ${index}`, group, tags: ['eu', 'pvp'] };
});
await using panel = await startDataSet('full', {
  'servers.list': ({ query }) => {
    const from =
      query.cursor === undefined ? 0 : servers.findIndex((server) => server.id === query.cursor) + 1;
    const items = servers.slice(from, from + query.limit);
    return { items, nextCursor: from + query.limit < count ? items.at(-1)?.id : null };
  },
});
const telling = setInterval(() => {
  const stats = servers.flatMap(({ id: serverId, stats: last }) =>
    last ? [{ ...last, serverId, at: new Date().toISOString(), cpuPercent: Math.random() * 100 }] : [],
  );
  panel.tell('resource_stats', { stats });
}, 2000);
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`${panel.url}/servers`);
await page.getByRole('heading', { name: 'Servers' }).waitFor();
await page.getByText(`${count}`, { exact: true }).first().waitFor();
await report('rows');
await page.getByRole('button', { name: 'Arrange by group' }).click();
await report('rows by group');
await page.getByRole('button', { name: 'Show as cards' }).click();
await report('cards by group');
clearInterval(telling);
await page.setContent(`<ul style="font: 13px sans-serif">${servers.map(plainRow).join('')}</ul>`);
await report('plain text');
await browser.close();

function plainRow({ name, node, address }: Server): string {
  return `<li style="height: 32px; border-bottom: 1px solid #ccc">${name} ${node.name} ${address}</li>`;
}

async function report(title: string): Promise<void> {
  for (const [speed, step] of Object.entries({ 'by a wheel': 60, flung: 240 })) {
    await page.evaluate(() => window.scrollTo(0, 0));
    await delay(1000);
    const frames = await scrollThrough(page, step);
    const at = (share: number) => quantile(frames, share).toFixed(1);
    const long = frames.filter((ms) => ms > 50).length;
    console.log(
      `${title.padEnd(16)} ${speed.padEnd(10)} frames p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)} ms, ${long} of ${frames.length} over 50 ms`,
    );
  }
}

/** So many px a frame, at most 300 frames down and back. */
function scrollThrough(shown: Page, pxAFrame: number): Promise<number[]> {
  return shown.evaluate(
    (px) =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = [];
        let last = performance.now();
        let step = px;
        const next = (now: number) => {
          frames.push(now - last);
          last = now;
          window.scrollBy(0, step);
          const isAtEnd = window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1;
          if (step > 0 && (isAtEnd || frames.length === 300)) step = -px;
          else if (step < 0 && window.scrollY === 0) return resolve(frames.slice(1));
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    pxAFrame,
  );
}
