import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { basePath } from './api/client.ts';
import { queryClient } from './api/query-client.ts';
import { ErrorPage, NotFoundPage } from './components/error-page.tsx';
import { strings as apiKeys } from './features/api-keys/strings.ts';
import { Frame } from './features/frame/frame.tsx';
import { FrameSkeleton } from './features/frame/frame-skeleton.tsx';
import { strings as frame } from './features/frame/strings.ts';
import { strings as nodes } from './features/nodes/strings.ts';
import { strings as people } from './features/people/strings.ts';
import { strings as roles } from './features/roles/strings.ts';
import { serverStrings } from './features/servers/server-strings.ts';
import { ServersPage } from './features/servers/servers-page.tsx';
import { strings as servers } from './features/servers/strings.ts';
import { SessionGate } from './features/sessions/session-gate.tsx';
import { SignInPage } from './features/sessions/sign-in-page.tsx';
import { strings as settings } from './features/settings/strings.ts';
import { cssVariables, theme } from './theme.ts';

/** A page of its own file, read when it is first gone to. */
const page =
  <Name extends string>(load: () => Promise<Record<Name, React.ComponentType>>, name: Name) =>
  async () => ({ Component: (await load())[name] });

const serverRoutes: RouteObject[] = [
  { index: true, Component: ServersPage },
  {
    path: 'new',
    handle: { crumb: servers.newServer },
    lazy: page(() => import('./features/servers/new-server/new-server-page.tsx'), 'NewServerPage'),
  },
  {
    path: ':id',
    lazy: async () => {
      const { ServerPage, ServerCrumb } = await import('./features/servers/server-page.tsx');
      return { Component: ServerPage, handle: { crumb: ServerCrumb } };
    },
    children: [
      { index: true, lazy: page(() => import('./features/servers/console-tab.tsx'), 'ConsoleTab') },
      {
        path: 'network',
        handle: { crumb: serverStrings.tabs.network },
        lazy: page(() => import('./features/servers/network/network-tab.tsx'), 'NetworkTab'),
      },
      {
        path: 'sharing',
        handle: { crumb: serverStrings.tabs.sharing },
        lazy: page(() => import('./features/sharing/sharing-tab.tsx'), 'SharingTab'),
      },
      {
        path: 'settings',
        handle: { crumb: serverStrings.tabs.settings },
        lazy: page(() => import('./features/servers/server-settings-tab.tsx'), 'ServerSettingsTab'),
      },
    ],
  },
];

const nodeRoutes: RouteObject[] = [
  { index: true, lazy: page(() => import('./features/nodes/nodes-page.tsx'), 'NodesPage') },
  {
    path: ':id',
    lazy: async () => {
      const { NodePage, NodeCrumb } = await import('./features/nodes/node-page.tsx');
      return { Component: NodePage, handle: { crumb: NodeCrumb } };
    },
    children: [
      { index: true, lazy: page(() => import('./features/nodes/overview-tab.tsx'), 'OverviewTab') },
      {
        path: 'images',
        handle: { crumb: nodes.tabs.images },
        lazy: page(() => import('./features/nodes/images/images-tab.tsx'), 'ImagesTab'),
      },
      {
        path: 'doctor',
        handle: { crumb: nodes.tabs.doctor },
        lazy: page(() => import('./features/nodes/doctor/doctor-tab.tsx'), 'DoctorTab'),
      },
    ],
  },
];

const peopleRoutes: RouteObject[] = [
  {
    lazy: page(() => import('./features/people/people-page.tsx'), 'PeoplePage'),
    children: [
      { index: true, lazy: page(() => import('./features/people/people-page.tsx'), 'FirstPeopleTab') },
      {
        path: 'users',
        handle: { crumb: people.tabs.users },
        lazy: page(() => import('./features/users/users-tab.tsx'), 'UsersTab'),
      },
      {
        path: 'roles',
        handle: { crumb: people.tabs.roles },
        lazy: page(() => import('./features/roles/roles-tab.tsx'), 'RolesTab'),
      },
      {
        path: 'invitations',
        handle: { crumb: people.tabs.invitations },
        lazy: page(() => import('./features/people/invitations-tab.tsx'), 'InvitationsTab'),
      },
      {
        path: 'api-keys',
        handle: { crumb: people.tabs.apiKeys },
        lazy: page(() => import('./features/api-keys/everyones-keys-tab.tsx'), 'EveryonesKeysTab'),
      },
    ],
  },
  {
    path: 'users/:id',
    lazy: async () => {
      const { UserPage, UserCrumb } = await import('./features/users/user-page.tsx');
      return { Component: UserPage, handle: { crumb: UserCrumb } };
    },
  },
  {
    path: 'roles/new',
    handle: { crumb: roles.newTitle },
    lazy: page(() => import('./features/roles/role-page.tsx'), 'NewRolePage'),
  },
  {
    path: 'roles/:id',
    lazy: async () => {
      const { RolePage, RoleCrumb } = await import('./features/roles/role-page.tsx');
      return { Component: RolePage, handle: { crumb: RoleCrumb } };
    },
  },
];

const settingsRoutes: RouteObject[] = [
  { index: true, lazy: page(() => import('./features/settings/appearance-tab.tsx'), 'AppearanceTab') },
  {
    path: 'account',
    handle: { crumb: settings.tabs.account },
    lazy: page(() => import('./features/settings/account-tab.tsx'), 'AccountTab'),
  },
  {
    path: 'registries',
    handle: { crumb: settings.tabs.registries },
    lazy: page(() => import('./features/settings/registries/registries-tab.tsx'), 'RegistriesTab'),
  },
  {
    path: 'about',
    handle: { crumb: settings.tabs.about },
    lazy: page(() => import('./features/settings/about-tab.tsx'), 'AboutTab'),
  },
];

const router = createBrowserRouter(
  [
    {
      ErrorBoundary: ErrorPage,
      HydrateFallback: FrameSkeleton,
      children: [
        { path: '/sign-in', Component: SignInPage },
        { path: '/setup', lazy: page(() => import('./features/setup/setup-page.tsx'), 'SetupPage') },
        { path: '/invite', lazy: page(() => import('./features/sharing/invite-page.tsx'), 'InvitePage') },
        {
          Component: SessionGate,
          children: [
            {
              Component: Frame,
              children: [
                {
                  // An error of one page leaves the way to the others.
                  ErrorBoundary: ErrorPage,
                  children: [
                    { index: true, element: <Navigate to="/servers" replace /> },
                    { path: 'servers', handle: { crumb: frame.servers }, children: serverRoutes },
                    { path: 'nodes', handle: { crumb: frame.nodes }, children: nodeRoutes },
                    { path: 'people', handle: { crumb: people.title }, children: peopleRoutes },
                    {
                      path: 'account/api-keys',
                      handle: { crumb: apiKeys.title },
                      lazy: page(() => import('./features/api-keys/api-keys-page.tsx'), 'ApiKeysPage'),
                    },
                    {
                      path: 'settings',
                      handle: { crumb: frame.settings },
                      lazy: page(() => import('./features/settings/settings-page.tsx'), 'SettingsPage'),
                      children: settingsRoutes,
                    },
                    { path: '*', Component: NotFoundPage },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  { basename: basePath || '/' },
);

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <Notifications position="top-right" limit={4} autoClose={6000} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
