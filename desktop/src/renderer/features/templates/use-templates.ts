import type { Template } from '@catalyst/shared/features/templates';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useMay } from '../sessions/use-session.ts';

/** The whole catalogue; it changes with the panel's version, so it is read once. */
export function useTemplates() {
  const mayRead = useMay('template.read');
  return useQuery({
    queryKey: keys.templates,
    queryFn: async ({ signal }) => {
      const templates: Template[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.templates.list({ query: { limit: 100, cursor }, signal });
        templates.push(...page.items);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return templates;
    },
    enabled: mayRead,
    staleTime: 10 * 60_000,
  });
}
