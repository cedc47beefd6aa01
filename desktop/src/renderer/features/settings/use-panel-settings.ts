import type { PanelSettingChanges } from '@catalyst/shared/features/settings';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

/** The settings of the panel; for those who may read them. */
export function usePanelSettings() {
  return useQuery({
    queryKey: keys.panelSettings,
    queryFn: ({ signal }) => api.settings.get({ signal }),
  });
}

export function useUpdatePanelSettings() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: z.input<typeof PanelSettingChanges>) => api.settings.update({ body }),
    onSuccess: (settings) => {
      queryClient.setQueryData(keys.panelSettings, settings);
      void queryClient.invalidateQueries({ queryKey: keys.signInOptions });
    },
  });
}
