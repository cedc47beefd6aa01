export const strings = {
  hint: 'Work on the files with a program of your own: sftp, FileZilla, WinSCP, rclone or sshfs.',
  failed: 'How to connect could not be read',
  unavailable: 'SFTP is not available',
  host: 'Host',
  port: 'Port',
  user: 'User name',
  fingerprint: 'Host key',
  command: 'In a terminal',
  password:
    'The password is that of your account, or a token if your account has a second factor. SSH keys are kept in your profile.',
  makeToken: 'Make a token',
  tokenFailed: 'No token was made',
  tokenTitle: 'Your token, shown this once',
  tokenText: 'It is the password for this server until',
};
