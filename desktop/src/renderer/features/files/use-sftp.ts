import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

/** Where and as whom this person connects. */
export function useSftp(serverId: string) {
  return useQuery({
    queryKey: keys.sftp(serverId),
    queryFn: ({ signal }) => api.sftp.get({ params: { id: serverId }, signal }),
  });
}

export function useMakeSftpToken(serverId: string) {
  return useMutation({ mutationFn: () => api.sftp.makeToken({ params: { id: serverId } }) });
}
