import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { strings as accountStrings } from '../account/strings.ts';
import { useNavigation } from '../frame/navigation.ts';
import { useNodes } from '../nodes/use-nodes.ts';
import { powerChoices } from '../servers/power.ts';
import { usePower } from '../servers/use-power.ts';
import { useServerList } from '../servers/use-servers.ts';
import { useMay, useSignOut } from '../sessions/use-session.ts';
import { strings as settingsStrings } from '../settings/strings.ts';
import type { Command } from './rank-commands.ts';
import { strings } from './strings.ts';

export interface RunnableCommand extends Command {
  icon?: string;
  run: () => void;
}

/** Everything the palette can do. Of a list too long to be loaded whole, the panel is asked for what is typed. */
export function useCommands(text: string): RunnableCommand[] {
  const navigate = useNavigate();
  const places = useNavigation();
  const mayCreate = useMay('server.create');
  const mayImport = useMay('template.create');
  const power = usePower();
  const signOut = useSignOut();
  const { setColorScheme } = useMantineColorScheme();
  const list = useServerList();
  const [asked] = useDebouncedValue(text.trim(), 200);
  const found = useServerList({ q: asked }, { enabled: list.hasNextPage && asked.length > 1 });
  const { nodes } = useNodes();
  const servers = useMemo(() => {
    const byId = new Map(
      [...(list.servers ?? []), ...(found.servers ?? [])].map((server) => [server.id, server]),
    );
    return [...byId.values()];
  }, [list.servers, found.servers]);

  return useMemo(() => {
    const go = (path: string) => () => void navigate(path);
    const ofServers = servers.flatMap((server): RunnableCommand[] => [
      {
        id: server.id,
        group: 'server',
        title: server.name,
        detail: `${server.template.name} · ${server.node.name}`,
        words: server.address,
        icon: server.template.icon,
        run: go(`/servers/${server.id}`),
      },
      // Killing asks first, which is what the server's own page is for.
      ...powerChoices(server)
        .filter(({ needsConfirmation }) => !needsConfirmation)
        .map(
          ({ action, label }): RunnableCommand => ({
            id: `${server.id}-${action}`,
            group: 'power',
            title: `${label} ${server.name}`,
            detail: server.template.name,
            run: () => power.mutate({ server, action }),
          }),
        ),
    ]);
    const ofNodes = (nodes ?? []).map(
      (node): RunnableCommand => ({
        id: node.id,
        group: 'node',
        title: node.name,
        detail: node.publicAddress,
        run: go(`/nodes/${node.id}`),
      }),
    );
    const pages = places.map(
      ({ to, name }): RunnableCommand => ({ id: to, group: 'page', title: name, run: go(to) }),
    );
    const settings: RunnableCommand[] = [
      { id: 'account', group: 'setting', title: accountStrings.title, run: go('/account') },
      ...(['security', 'sessions'] as const).map(
        (tab): RunnableCommand => ({
          id: tab,
          group: 'setting',
          title: strings.ofAccount(accountStrings.tabs[tab]),
          run: go(`/account/${tab}`),
        }),
      ),
      { id: 'about', group: 'setting', title: settingsStrings.tabs.about, run: go('/settings/about') },
      ...(['auto', 'light', 'dark'] as const).map(
        (scheme): RunnableCommand => ({
          id: `theme-${scheme}`,
          group: 'setting',
          title: strings.theme(settingsStrings.themes[scheme]),
          run: () => setColorScheme(scheme),
        }),
      ),
      { id: 'sign-out', group: 'setting', title: strings.signOut, run: () => signOut.mutate() },
    ];
    const actions = [
      ...(mayCreate ? [['new-server', strings.newServer, '/servers/new'] as const] : []),
      ...(mayImport
        ? [['import-templates', strings.importTemplates, '/templates/import/files'] as const]
        : []),
    ].map(([id, title, path]): RunnableCommand => ({ id, group: 'action', title, run: go(path) }));
    return [...ofServers, ...ofNodes, ...pages, ...actions, ...settings];
  }, [servers, nodes, places, mayCreate, mayImport, navigate, power.mutate, signOut.mutate, setColorScheme]);
}
