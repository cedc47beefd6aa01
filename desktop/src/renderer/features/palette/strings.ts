export const strings = {
  title: 'Search or jump to',
  placeholder: 'Server, node, setting or action',
  nothing: 'Nothing matches.',
  groups: {
    server: 'Servers',
    power: 'Power',
    node: 'Nodes',
    page: 'Pages',
    setting: 'Settings',
    action: 'Actions',
  },
  results: (count: number) => (count === 1 ? '1 result' : `${count} results`),
  newServer: 'New server',
  ofAccount: (page: string) => `Account: ${page}`,
  theme: (name: string) => `Theme: ${name}`,
  signOut: 'Sign out',
  keysHint: '↑ ↓ to choose · Enter to go · Esc to close',
};
