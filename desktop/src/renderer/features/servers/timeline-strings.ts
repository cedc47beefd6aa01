export const timelineStrings = {
  failed: 'The states of this server could not be read',
  emptyTitle: 'No states yet',
  empty: 'What this server is, and was, will be listed here.',
  older: 'Show older',
  lasted: (duration: string) => `for ${duration}`,
  since: (duration: string) => `for ${duration} now`,
  exit: (code: number) => `Exit code ${code}.`,
  lastLines: (count: number) => (count === 1 ? 'Its last line' : `Its last ${count} lines`),
  by: {
    user: (name: string) => `by ${name}`,
    key: (name: string) => `by ${name}`,
    agent: () => 'told by the node',
    system: () => 'by Catalyst itself',
  },
};
