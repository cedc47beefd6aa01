/** What a mail says; templates know nothing of how it looks. */
interface Letter {
  subject: string;
  paragraphs: string[];
  action?: { label: string; url: string };
  /** Why it came, below the line. */
  footer: string;
}

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

/** Each kind of mail and what it needs to know. */
export interface MailValues {
  test: Record<never, never>;
  registration: { url: string };
  'account-exists': { url: string };
  'email-change': { url: string };
  'password-reset': { url: string };
  invitation: { url: string; invitedBy: string };
  'server-invitation': { url: string; invitedBy: string; serverName: string };
  'account-changed': { what: string };
}
export type MailKind = keyof MailValues;

const nothingToDo = 'If you did not ask for this, there is nothing to do: without the link nothing happens.';

const templates: { [Kind in MailKind]: (values: MailValues[Kind]) => Letter } = {
  test: () => ({
    subject: 'Catalyst can send mail',
    paragraphs: ['This is the test mail of your panel. It arrived, so everything is set up.'],
    footer: 'Somebody asked for it on the settings page.',
  }),
  registration: ({ url }) => ({
    subject: 'Confirm your e-mail address',
    paragraphs: ['Open this link to finish your account. It works once and for a day.'],
    action: { label: 'Confirm', url },
    footer: nothingToDo,
  }),
  'account-exists': ({ url }) => ({
    subject: 'You have an account already',
    paragraphs: [
      'Somebody, perhaps you, tried to use this address for an account. There is one already.',
      'Sign in with it; on the same page you can ask for a new password.',
    ],
    action: { label: 'Sign in', url },
    footer: 'If it was not you, there is nothing to do.',
  }),
  'email-change': ({ url }) => ({
    subject: 'Confirm your new e-mail address',
    paragraphs: [
      'Open this link to use this address for your account. It works once and for an hour, as long as you stay ' +
        'signed in where you asked for it.',
    ],
    action: { label: 'Use this address', url },
    footer: nothingToDo,
  }),
  'password-reset': ({ url }) => ({
    subject: 'Choose a new password',
    paragraphs: ['Open this link to choose a new password. It works once and for an hour.'],
    action: { label: 'Choose a password', url },
    footer: nothingToDo,
  }),
  invitation: ({ url, invitedBy }) => ({
    subject: `${invitedBy} invites you to Catalyst`,
    paragraphs: [`${invitedBy} invites you to a Catalyst panel. The link works once and for seven days.`],
    action: { label: 'Make an account', url },
    footer: 'If you do not know who that is, there is nothing to do.',
  }),
  'server-invitation': ({ url, invitedBy, serverName }) => ({
    subject: `${invitedBy} shares ${serverName} with you`,
    paragraphs: [
      `${invitedBy} shares the game server “${serverName}” with you. The link works once and for seven days.`,
    ],
    action: { label: 'Accept', url },
    footer: 'If you do not know who that is, there is nothing to do.',
  }),
  'account-changed': ({ what }) => ({
    subject: 'Your account was changed',
    paragraphs: [what, 'If it was not you, choose a new password now and tell an administrator.'],
    footer: 'This mail comes after each change of how you sign in.',
  }),
};

export function renderMail<Kind extends MailKind>(kind: Kind, values: MailValues[Kind]): RenderedMail {
  const { subject, paragraphs, action, footer } = templates[kind](values);
  const text = [...paragraphs, ...(action ? [`${action.label}: ${action.url}`] : []), '-- ', footer].join(
    '\n\n',
  );
  return { subject: oneLine(subject), text: `${text}\n`, html: asHtml(subject, paragraphs, action, footer) };
}

function asHtml(subject: string, paragraphs: string[], action: Letter['action'], footer: string): string {
  const button =
    'display:inline-block;padding:10px 18px;border-radius:6px;background:#2f6fed;color:#ffffff;text-decoration:none';
  const parts = [
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(action
      ? [
          `<p><a href="${escapeHtml(action.url)}" style="${button}">${escapeHtml(action.label)}</a></p>`,
          `<p style="font-size:13px;word-break:break-all">${escapeHtml(action.url)}</p>`,
        ]
      : []),
    `<p style="font-size:13px;color:#667085">${escapeHtml(footer)}</p>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="font-family:sans-serif;font-size:15px;line-height:1.5;color:#1d2433;max-width:560px;margin:24px auto;padding:0 16px">
${parts.join('\n')}
</body></html>
`;
}

/** Names of people and servers are theirs to choose: they are text, wherever they stand. */
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ').slice(0, 200);
