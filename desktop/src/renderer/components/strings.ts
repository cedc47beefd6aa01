/** What has a copy button. */
const copyables = {
  address: 'address',
  id: 'id',
  fingerprint: 'fingerprint',
  command: 'command',
  token: 'token',
  dataFolder: 'data folder',
  userName: 'user name',
  image: 'image',
  link: 'link',
  key: 'key',
};
export type CopyableName = keyof typeof copyables;

export const strings = {
  copy: (what: keyof typeof copyables) => `Copy ${copyables[what]}`,
  copied: 'Copied',
  copyFailed: 'Copying was refused: select the text instead',
  tryAgain: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  unsaved: 'Unsaved changes',
  save: 'Save',
  discard: 'Discard',
  loading: 'Loading',
  typeToConfirm: (name: string) => `Type “${name}” to confirm`,
  pageFailedTitle: 'This page failed',
  pageFailed: 'The interface met an error of its own. Your servers are not affected.',
  reload: 'Reload the page',
  details: 'Details',
  toServers: 'Go to servers',
  notFoundTitle: 'Nothing is here',
  notFound: 'This address leads to no page. What it showed may have been deleted.',
  noPermissionTitle: 'Not for your role',
  noPermission:
    'Your account may not see this page. An administrator of this panel can change what your role may do.',
  newVersionTitle: 'The panel was updated',
  newVersion: 'This page needs the new version of the interface.',
  requestFailed: 'This could not be read',
  requestFailedToDo: 'That did not work',
};
