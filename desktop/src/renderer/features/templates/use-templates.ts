import type { NewTemplate, Template, TemplateChanges } from '@catalyst/shared/features/templates';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { readAll } from '../people/read-all.ts';
import { useServerList } from '../servers/use-servers.ts';
import { useMay } from '../sessions/use-session.ts';

/** The whole catalogue, with what was imported and made. */
export function useTemplates() {
  const mayRead = useMay('template.read');
  return useQuery({
    queryKey: keys.templates,
    queryFn: ({ signal }) => readAll<Template>((query) => api.templates.list({ query, signal })),
    enabled: mayRead,
    // A thousand of them are megabytes; what is changed in this window is read anew at once.
    staleTime: 10 * 60_000,
  });
}

export function useTemplate(id: string) {
  const mayRead = useMay('template.read');
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: keys.template(id),
    queryFn: ({ signal }) => api.templates.get({ params: { id }, signal }),
    enabled: mayRead,
    placeholderData: () =>
      queryClient.getQueryData<Template[]>(keys.templates)?.find((template) => template.id === id),
  });
}

/** Newest first, page by page: each holds the template as it was. */
export function useTemplateVersions(id: string) {
  const list = useInfiniteQuery({
    queryKey: keys.templateVersions(id),
    queryFn: ({ pageParam, signal }) =>
      api.templates.versions({ params: { id }, query: { limit: 20, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const versions = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  return { ...list, versions };
}

/** Those of the servers this person may see. */
export function useServersOf(id: string) {
  const { servers } = useServerList();
  return useMemo(() => servers?.filter(({ template }) => template.id === id) ?? [], [servers, id]);
}

/** What was changed is read anew, wherever it is shown. */
export function useRefreshTemplates(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: keys.templates });
}

export function useCreateTemplate() {
  const refresh = useRefreshTemplates();
  return useMutation({
    mutationFn: (body: z.input<typeof NewTemplate>) => api.templates.create({ body }),
    onSuccess: refresh,
  });
}

export function useUpdateTemplate(id: string) {
  const queryClient = useQueryClient();
  const refresh = useRefreshTemplates();
  return useMutation({
    mutationFn: (body: TemplateChanges) => api.templates.update({ params: { id }, body }),
    onSuccess: async (template) => {
      queryClient.setQueryData(keys.template(id), template);
      await refresh();
    },
  });
}

export function useUpdateFromSource(id: string) {
  const queryClient = useQueryClient();
  const refresh = useRefreshTemplates();
  return useMutation({
    mutationFn: () => api.templates.refresh({ params: { id }, query: { dryRun: 'false' } }),
    onSuccess: async ({ template }) => {
      queryClient.setQueryData(keys.template(id), template);
      await refresh();
    },
  });
}

export function useDeleteTemplate(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.templates.delete({ params: { id } }),
    onSuccess: async () => {
      // Its own page is still there for a moment, and would ask for what is gone.
      void queryClient.invalidateQueries({ queryKey: keys.template(id), refetchType: 'none' });
      void queryClient.invalidateQueries({ queryKey: keys.templateVersions(id), refetchType: 'none' });
      await queryClient.invalidateQueries({ queryKey: keys.templates, exact: true });
    },
  });
}
