import type { Page } from '@catalyst/shared/contract/values';

/** Every page of a list that is short by nature. */
export async function readAll<Item>(
  ask: (query: { limit: number; cursor: string | undefined }) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await ask({ limit: 100, cursor });
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
}
