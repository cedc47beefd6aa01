import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

export function useInvitePreview(token: string | null) {
  return useQuery({
    queryKey: keys.invite(token ?? ''),
    queryFn: ({ signal }) => api.subusers.previewInvite({ params: { token: token ?? '' }, signal }),
    enabled: token !== null,
    staleTime: 0,
    retry: false,
  });
}

export function useAcceptInvite(token: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.subusers.acceptInvite({ params: { token } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.servers }),
  });
}
