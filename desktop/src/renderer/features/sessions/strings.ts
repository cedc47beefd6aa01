export const strings = {
  signIn: 'Sign in',
  signInTo: (host: string) => `Sign in to ${host}`,
  email: 'E-mail',
  password: 'Password',
  wrong: 'E-mail or password is wrong. Both are case-sensitive where they need to be: check Caps Lock.',
  waitTitle: 'Too many attempts',
  wait: (seconds: number) => `You can try again in ${seconds} s. This protects your account from guessing.`,
  waitButton: (seconds: number) => `Try again in ${seconds} s`,
  unreachableTitle: 'The panel cannot be reached',
  unreachable: 'It may be restarting. Game servers keep running without it. This page tries again by itself.',
  failed: 'Signing in failed',
  insecureTitle: 'This connection is not encrypted',
  insecure:
    'Anyone on the network between you and the panel can read your password. Use an https:// address, or sign in on the machine itself.',
  ended: 'Your session has ended. Sign in to go on where you were.',
  forgotten: 'Forgot your password? Ask an administrator of this panel.',
};
