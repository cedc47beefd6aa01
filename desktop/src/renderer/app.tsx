import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import './features/sessions/entry-secrets.ts';
import { basePath } from './api/client.ts';
import { queryClient } from './api/query-client.ts';
import { ErrorPage, NotFoundPage } from './components/error-page.tsx';
import { strings as account } from './features/account/strings.ts';
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
import { strings as templates } from './features/templates/strings.ts';
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
        path: 'files',
        handle: { crumb: serverStrings.tabs.files },
        lazy: page(() => import('./features/files/files-tab.tsx'), 'FilesTab'),
        children: [
          { index: true, lazy: page(() => import('./features/files/folder-page.tsx'), 'FolderPage') },
          { path: 'open', lazy: page(() => import('./features/files/editor/file-page.tsx'), 'FilePage') },
        ],
      },
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
      {
        path: 'activity',
        handle: { crumb: serverStrings.tabs.activity },
        lazy: page(() => import('./features/audit/activity-tab.tsx'), 'ActivityTab'),
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
        path: 'network',
        handle: { crumb: nodes.tabs.network },
        lazy: page(() => import('./features/nodes/network/network-tab.tsx'), 'NetworkTab'),
      },
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

const templateRoutes: RouteObject[] = [
  { index: true, lazy: page(() => import('./features/templates/templates-page.tsx'), 'TemplatesPage') },
  {
    // Deeper than a page of a template, so that one whose id is `import` has its own.
    path: 'import/files',
    handle: { crumb: templates.import },
    lazy: page(() => import('./features/templates/import/import-page.tsx'), 'ImportPage'),
  },
  {
    path: ':id',
    lazy: async () => {
      const { TemplatePage, TemplateCrumb } = await import('./features/templates/template-page.tsx');
      return { Component: TemplatePage, handle: { crumb: TemplateCrumb } };
    },
    children: [
      { index: true, lazy: page(() => import('./features/templates/overview-tab.tsx'), 'OverviewTab') },
      {
        path: 'versions',
        handle: { crumb: templates.tabs.versions },
        lazy: page(() => import('./features/templates/versions-tab.tsx'), 'VersionsTab'),
      },
      {
        path: 'preview',
        handle: { crumb: templates.tabs.preview },
        lazy: page(() => import('./features/templates/preview-tab.tsx'), 'PreviewTab'),
      },
      {
        path: 'edit',
        handle: { crumb: templates.tabs.edit },
        lazy: page(() => import('./features/templates/editor/edit-tab.tsx'), 'EditTab'),
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

const accountRoutes: RouteObject[] = [
  { index: true, lazy: page(() => import('./features/account/profile-tab.tsx'), 'ProfileTab') },
  {
    path: 'security',
    handle: { crumb: account.tabs.security },
    lazy: page(() => import('./features/account/security-tab.tsx'), 'SecurityTab'),
  },
  {
    path: 'sessions',
    handle: { crumb: account.tabs.sessions },
    lazy: page(() => import('./features/account/sessions-tab.tsx'), 'SessionsTab'),
  },
  {
    path: 'api-keys',
    handle: { crumb: account.tabs.apiKeys },
    lazy: page(() => import('./features/api-keys/own-keys.tsx'), 'OwnKeys'),
  },
];

const settingsRoutes: RouteObject[] = [
  { index: true, lazy: page(() => import('./features/settings/appearance-tab.tsx'), 'AppearanceTab') },
  {
    path: 'servers',
    handle: { crumb: settings.tabs.servers },
    lazy: page(() => import('./features/settings/servers-tab.tsx'), 'ServersTab'),
  },
  {
    path: 'sign-in',
    handle: { crumb: settings.tabs.signIn },
    lazy: page(() => import('./features/settings/sign-in/sign-in-tab.tsx'), 'SignInTab'),
  },
  {
    path: 'mail',
    handle: { crumb: settings.tabs.mail },
    lazy: page(() => import('./features/settings/mail/mail-tab.tsx'), 'MailTab'),
  },
  {
    path: 'providers',
    handle: { crumb: settings.tabs.providers },
    children: [
      {
        index: true,
        lazy: page(() => import('./features/settings/providers/providers-tab.tsx'), 'ProvidersTab'),
      },
      {
        path: 'new',
        handle: { crumb: settings.newProvider },
        lazy: page(() => import('./features/settings/providers/provider-page.tsx'), 'NewProviderPage'),
      },
      {
        path: ':id',
        lazy: async () => {
          const { ProviderPage, ProviderCrumb } = await import(
            './features/settings/providers/provider-page.tsx'
          );
          return { Component: ProviderPage, handle: { crumb: ProviderCrumb } };
        },
      },
    ],
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

/** In front of the sign-in: where links and providers lead. */
const entryRoutes: RouteObject[] = [
  {
    path: '/sign-in/callback',
    lazy: page(() => import('./features/sessions/callback-page.tsx'), 'CallbackPage'),
  },
  { path: '/register', lazy: page(() => import('./features/sessions/register-page.tsx'), 'RegisterPage') },
  { path: '/forgot', lazy: page(() => import('./features/sessions/forgot-page.tsx'), 'ForgotPage') },
  { path: '/reset', lazy: page(() => import('./features/sessions/reset-page.tsx'), 'ResetPage') },
  { path: '/verify', lazy: page(() => import('./features/sessions/verify-page.tsx'), 'VerifyPage') },
];

const router = createBrowserRouter(
  [
    {
      ErrorBoundary: ErrorPage,
      HydrateFallback: FrameSkeleton,
      children: [
        { path: '/sign-in', Component: SignInPage },
        ...entryRoutes,
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
                    { path: 'templates', handle: { crumb: frame.templates }, children: templateRoutes },
                    { path: 'people', handle: { crumb: people.title }, children: peopleRoutes },
                    {
                      path: 'audit',
                      handle: { crumb: frame.audit },
                      lazy: page(() => import('./features/audit/audit-page.tsx'), 'AuditPage'),
                    },
                    {
                      path: 'account',
                      handle: { crumb: account.title },
                      lazy: page(() => import('./features/account/account-page.tsx'), 'AccountPage'),
                      children: accountRoutes,
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
