import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { startDataSet } from '../screens/data-sets.ts';
import { firstLoadBytes } from '../screens/first-load.ts';
import { screens } from '../screens/screens.ts';
import { interfaceFile } from '../screens/stub-panel.ts';

// Every screen in every designed state, narrow and wide, light or dark: pictures to look at in screenshots/, and a check
// that nothing serious keeps anyone out.

const pictures = fileURLToPath(new URL('../../screenshots', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const views = { 360: { width: 360, height: 740 }, 1440: { width: 1440, height: 900 } };
const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What the other colours of a page can break. */
const colourRules = ['color-contrast', 'link-in-text-block'];
/** For looking at a few while working on them: SCREENS=servers,nodes, or SCREENS=all. */
const only = process.env.SCREENS?.split(',');
const isShown = (name: string) => !only || only.includes('all') || only.includes(name);

type Scheme = 'light' | 'dark';
/** Every screen is in every run narrow and light, wide and dark; who works on one looks at all four. */
function schemesAt(width: keyof typeof views): Scheme[] {
  const first = width === 360 ? 'light' : 'dark';
  return only ? [first, first === 'light' ? 'dark' : 'light'] : [first];
}

let browser: Browser;

beforeAll(async () => {
  if (!interfaceFile('/index.html')) throw new Error('Build the interface first: npm run build');
  mkdirSync(pictures, { recursive: true });
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

describe.each([360, 1440] as const)('%d px wide', (width) => {
  let context: BrowserContext;
  // The same page and the same address again: the browser then still has the interface compiled, which is most of the time.
  let page: Page | undefined;
  let port: number | undefined;
  beforeAll(async () => {
    const isPhone = width === 360;
    context = await browser.newContext({
      viewport: views[width],
      reducedMotion: 'reduce',
      hasTouch: isPhone,
      isMobile: isPhone,
    });
  });
  afterAll(() => context.close());

  /** As a new one. After a failure it is one. */
  async function freshPage(): Promise<Page> {
    page ??= await context.newPage();
    await page.setViewportSize(views[width]);
    await page.emulateMedia({ colorScheme: schemesAt(width)[0], reducedMotion: 'reduce' });
    return page;
  }

  for (const screen of screens.filter(({ name }) => isShown(name))) {
    it.each(screen.dataSets)(`${screen.name}, %s`, async (dataSet) => {
      await using panel = await startDataSet(dataSet, screen.answers, port);
      port = Number(new URL(panel.url).port);
      const shown = await freshPage();
      const complaints = listenForComplaints(shown);
      try {
        const url = screen.host ? panel.url.replace('127.0.0.1', screen.host) : panel.url;
        await shown.goto(url + screen.path);
        await screen.act?.(shown, dataSet);
        await screen.shown(shown, dataSet);
        await growToContent(shown, views[width]);
        for (const [index, scheme] of schemesAt(width).entries()) {
          await followScheme(shown, scheme);
          await shown.screenshot({
            path: join(pictures, `${screen.name}-${dataSet}-${width}-${scheme}.png`),
          });
          const rules = index === 0 ? allRules : colourRules;
          expect(await seriousViolations(shown, rules), scheme).toEqual([]);
        }
        expect(await horizontalOverflow(shown)).toBe(0);
        expect(complaints).toEqual([]);
        await leaveNothing(shown);
      } catch (error) {
        await page?.close();
        page = undefined;
        throw error;
      }
    });
  }
});

it('loads at most 400 KB for signing in and the list of servers', async () => {
  await using panel = await startDataSet('full');
  const page = await browser.newPage();
  const { gzip, brotli } = await firstLoadBytes(page, panel.url);
  await page.close();
  console.log(`First load: ${Math.round(gzip / 1024)} KB gzip, ${Math.round(brotli / 1024)} KB brotli`);
  expect(gzip).toBeLessThanOrEqual(400 * 1024);
});

/** Errors of our own, and what the page's policy refused. Answers that are errors are part of the picture. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() !== 'error' || /Failed to load resource/.test(message.text())) return;
    complaints.push(message.text());
  });
  return complaints;
}

/** What a page keeps for its next visit, who listens to it, and where it is. */
async function leaveNothing(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  page.removeAllListeners();
}

/** As tall as what is on the page, so that a picture shows all of it and bars stay at the edges. */
async function growToContent(page: Page, view: { width: number; height: number }): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height > view.height) await page.setViewportSize({ ...view, height: Math.min(height, 4000) });
}

/** The page follows the system while it is open. */
async function followScheme(page: Page, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
  // The terminal and the page are painted by different hands: until both are done.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

const horizontalOverflow = (page: Page) =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));

async function seriousViolations(page: Page, rules: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const violations = await page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(document, { runOnly, resultTypes: ['violations'], selectors: false });
    return result.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
    }));
  }, rules);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, where }) => `${id}: ${where.join(' | ')}`);
}
