import type { Page } from 'playwright-core';

/** What says that a screen is there. */
export const seen = (page: Page, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();
export const skeleton = (page: Page) => page.getByRole('status', { name: 'Loading' }).first().waitFor();
export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name }).first().waitFor();
