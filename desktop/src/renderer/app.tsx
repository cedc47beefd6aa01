import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { basePath } from './api/client.ts';
import { queryClient } from './api/query-client.ts';
import { ErrorPage, NotFoundPage } from './components/error-page.tsx';
import { Frame } from './features/frame/frame.tsx';
import { FrameSkeleton } from './features/frame/frame-skeleton.tsx';
import { strings as frame } from './features/frame/strings.ts';
import { strings as nodes } from './features/nodes/strings.ts';
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
