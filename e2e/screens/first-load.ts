import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { interfaceFile } from './stub-panel.ts';

/** What a browser fetches of the interface until the list of servers is shown, compressed as it is served. */
export async function firstLoadBytes(
  page: Page,
  panelUrl: string,
): Promise<{ gzip: number; brotli: number }> {
  const files = new Set<string>();
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === panelUrl && /\.(js|css)$/.test(pathname)) files.add(pathname);
  });
  await page.goto(`${panelUrl}/sign-in`);
  await page.goto(`${panelUrl}/servers`);
  await page.getByText('Survival').first().waitFor();
  const contents = ['/index.html', ...files].map((file) => interfaceFile(file) ?? '');
  return {
    gzip: contents.reduce((sum, content) => sum + gzipSync(content, { level: 9 }).length, 0),
    brotli: contents.reduce((sum, content) => sum + brotliCompressSync(content).length, 0),
  };
}
