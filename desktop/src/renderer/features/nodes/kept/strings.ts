export const strings = {
  title: 'Kept files',
  hint: 'Of servers that were deleted with their files left here.',
  failed: 'The kept files could not be read',
  deleted: 'deleted',
  wipe: 'Wipe',
  wipeOf: (name: string) => `Wipe the files of ${name}`,
  wipeTitle: (name: string) => `Wipe the files of ${name}?`,
  wipeText: 'Worlds and settings of this deleted server are removed from the node. This cannot be undone.',
  wiped: (name: string) => `The files of ${name} are gone`,
};
