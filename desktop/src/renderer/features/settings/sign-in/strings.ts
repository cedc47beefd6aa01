export const strings = {
  failed: 'The settings could not be read',
  readOnly: 'Your role may see these settings, but not change them.',
  saved: 'The settings were saved',
  saveFailed: 'The settings were not saved',
  invalid: 'Correct what is marked first.',

  registration: 'Registration',
  registrationHint: 'Who can make an account here.',
  modes: {
    off: { label: 'Nobody', description: 'Accounts are made by administrators only.' },
    invite: { label: 'Whoever was invited', description: 'By the link of an invitation, for seven days.' },
    domain: {
      label: 'Addresses of some domains',
      description: 'Whoever has an e-mail address there, and whoever was invited.',
    },
    open: { label: 'Everybody', description: 'Whoever reaches this panel and has an e-mail address.' },
  },
  domains: 'Domains',
  domainsHint: 'What the addresses end in: example.com. Names below a domain are not included.',
  domainsMissing: 'Add at least one domain',
  needsMail: 'Registration waits for mail',
  needsMailText: 'Addresses are proved by a link that is mailed. Until mail is set up, nobody can register.',
  toMail: 'Set up mail',

  passwords: 'Passwords',
  passwordsHint: 'For passwords that are chosen from now on. Those that are often used or known are refused.',
  minLength: 'Shortest length',
  breachApi: 'Address of a breach list (optional)',
  breachApiInvalid: 'Must be an address that starts with https://',
  breachApiHint:
    'Asked whether a password is known, as the range API of Pwned Passwords answers. Only five digits of a hash leave the panel.',

  address: 'Address of the panel',
  addressHint: 'Links in mails, passkeys and providers use it.',
  publicUrl: 'Public address',
  publicUrlHint: (now: string) => `Leave empty to use where the panel listens. Links begin with ${now} now.`,
  publicUrlFixed: 'It was given when the panel was started, and can only be changed there.',

  networks: 'Private networks',
  networksHint:
    'The panel calls providers and breach lists on the Internet only, unless they are in one of these.',
  allowedNetworks: 'Networks the panel may call',
  allowedNetworksHint: '10.0.0.0/8, fd00::/8 or a single address.',
};
