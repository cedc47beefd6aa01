import { listen } from '@catalyst/shared/contract/rpc';
import type { NodeImage, NodeImagePull } from '@catalyst/shared/features/images';
import { clientEvents } from '@catalyst/shared/realtime';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import { socket } from '../../../api/socket.ts';

export interface ImagesOfNode {
  images: NodeImage[];
  pulls: NodeImagePull[];
}

/** All images of a node and what is on its way there, live. */
export function useImages(nodeId: string, isEnabled: boolean) {
  const queryClient = useQueryClient();
  useEffect(
    () =>
      listen(socket, clientEvents, {
        image_pull_progress: (pull) => {
          if (pull.nodeId === nodeId) notePull(queryClient, pull);
        },
      }),
    [queryClient, nodeId],
  );
  return useQuery({
    queryKey: keys.images(nodeId),
    queryFn: ({ signal }) => readAll(nodeId, signal),
    enabled: isEnabled,
  });
}

async function readAll(nodeId: string, signal: AbortSignal): Promise<ImagesOfNode> {
  const images: NodeImage[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = { limit: 100, cursor };
    const page = await api.images.list({ params: { id: nodeId }, query, signal });
    images.push(...page.items);
    if (page.nextCursor === null) return { images, pulls: page.pulls };
    cursor = page.nextCursor;
  }
}

function notePull(queryClient: QueryClient, pull: NodeImagePull): void {
  const queryKey = keys.images(pull.nodeId);
  queryClient.setQueryData<ImagesOfNode>(
    queryKey,
    (known) => known && { ...known, pulls: withPull(known.pulls, pull) },
  );
  if (pull.status === 'succeeded') void queryClient.invalidateQueries({ queryKey });
}

function withPull(pulls: readonly NodeImagePull[], pull: NodeImagePull): NodeImagePull[] {
  if (!pulls.some(({ id }) => id === pull.id)) return [...pulls, pull];
  return pulls.map((one) => (one.id === pull.id ? pull : one));
}

/** Something that changes the images of a node, which are read again when it is done. */
function useChange<Input, Output>(nodeId: string, mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.images(nodeId) }),
  });
}

export function usePullImage(nodeId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { reference: string; refresh: boolean }) =>
      api.images.pull({ params: { id: nodeId }, body }),
    onSuccess: (pull) => {
      queryClient.setQueryData<ImagesOfNode>(keys.images(nodeId), (known) =>
        // What was announced meanwhile is newer.
        known && !known.pulls.some(({ id }) => id === pull.id)
          ? { ...known, pulls: [...known.pulls, pull] }
          : known,
      );
    },
  });
}

export const useCancelPull = (nodeId: string) =>
  useMutation({
    mutationFn: (pullId: string) => api.images.cancel({ params: { id: nodeId, pullId } }),
  });

export const useRemoveImage = (nodeId: string) =>
  useChange(nodeId, (reference: string) =>
    api.images.remove({ params: { id: nodeId }, query: { reference } }),
  );

export const usePruneImages = (nodeId: string) =>
  useChange(nodeId, (unusedForDays: number) =>
    api.images.prune({ params: { id: nodeId }, body: { unusedForDays } }),
  );

/** What would go. */
export function usePrunePreview(nodeId: string, unusedForDays: number) {
  return useQuery({
    queryKey: [...keys.images(nodeId), 'prune', unusedForDays],
    queryFn: ({ signal }) =>
      api.images.prune({ params: { id: nodeId }, body: { unusedForDays, isPreview: true }, signal }),
    gcTime: 0,
  });
}
