export const strings = {
  title: 'Set up this panel',
  lead: 'Create the administrator. This works once, with the code that the panel printed when it started.',
  leadWithCode: 'Create the administrator. You are signed in right after.',
  code: 'Set-up code',
  codeHint: 'Printed where the panel was started, as part of the address to open.',
  email: 'E-mail',
  name: 'User name',
  nameHint: 'a–z, 0–9, _ and -. Also used for file transfer.',
  password: 'Password',
  passwordHint: 'At least 10 characters. A few unrelated words are easy to remember and hard to guess.',
  create: 'Create administrator',
  insecureTitle: 'This connection is not encrypted',
  insecure:
    'Anyone on the network between you and the panel can read the password you choose. Set the panel up on the machine itself, or use an https:// address.',
  wrongCode: 'The panel did not accept this code. Use the address from its latest start.',
  failed: 'The panel was not set up',
};
