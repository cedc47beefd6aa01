import type { BulkAction } from './bulk-actions.ts';

const count = (amount: number) => (amount === 1 ? '1 server' : `${amount.toLocaleString('en')} servers`);

const actions = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  kill: 'Kill',
  suspend: 'Suspend',
  unsuspend: 'Lift suspension',
  tag: 'Add tag',
  group: 'Move to group',
  delete: 'Delete',
} satisfies Record<BulkAction, string>;

export const bulkStrings = {
  actions,
  selected: (amount: number) => `${amount} selected`,
  clearSelection: 'Clear selection',
  more: 'More',
  title: (action: BulkAction, amount: number) => `${actions[action]}: ${count(amount)}?`,
  explain: {
    stop: 'Players on them are disconnected.',
    restart: 'Players on them are disconnected.',
    kill: 'Players on them are disconnected, and what the games have not saved is lost.',
    suspend: 'They are stopped at once, and players are disconnected. Their files stay.',
    delete:
      'Everything of them is removed from their nodes: worlds, settings, console history. This cannot be undone.',
    tag: 'Tags that they have already stay.',
    group: 'A server is in one group at most.',
  } as Partial<Record<BulkAction, string>>,
  explainKept: 'They, their console history and their ports are removed. Their files stay on their nodes.',
  leftOut: (amount: number) =>
    `${count(amount)} of the selection left out: you may not do this there, or the state does not allow it.`,
  typed: (amount: number) => `delete ${amount}`,
  reason: 'Reason',
  reasonHint: 'Shown to everybody who sees the servers.',
  labels: { tag: 'Tag', group: 'Group' },
  groupHint: 'Empty takes them out of their groups.',
  progress: (action: BulkAction, ended: number, total: number) => `${actions[action]}: ${ended} of ${total}`,
  done: (action: BulkAction, amount: number) => `${actions[action]}: ${count(amount)}`,
  refused: (action: BulkAction, amount: number) => `${actions[action]}: refused by ${count(amount)}`,
  close: 'Close',
};
