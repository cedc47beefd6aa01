export const cloneStrings = {
  clone: 'Clone',
  hint: 'Makes another server with the same game, limits and settings, at ports of its own. Files are not copied.',
  title: (name: string) => `Clone ${name}`,
  text: 'The clone gets the same game, limits, network, labels and game settings, ports of its own, and a fresh installation. Worlds and other files are not copied.',
  hidden:
    'Secret settings are copied only for the owner and for those who may change every server here; for others they begin as in a new server.',
  name: 'Name',
  node: 'Node',
  nameOfCopy: (name: string) => `${name} copy`,
  cloned: (name: string) => `${name} is being installed`,
};
