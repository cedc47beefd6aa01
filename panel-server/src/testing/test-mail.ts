import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { NewMailSettings } from '@catalyst/shared/features/mail';
import { SMTPServer } from 'smtp-server';
import type { z } from 'zod';

export interface ReceivedMail {
  to: string;
  subject: string;
  /** The plain text. */
  text: string;
  raw: string;
}

export interface TestMailServer {
  received: ReceivedMail[];
  settings: z.input<typeof NewMailSettings>;
  /** The next mails are answered with this status instead of being taken. */
  refuse(status: number, times: number): void;
  /** Somebody who is refused at `RCPT TO`. */
  refusedRecipient: string;
  mailsTo(recipient: string): ReceivedMail[];
  close(): Promise<void>;
}

export const mailUser = { username: 'catalyst', password: 'mail-secret-canary' };

/** A real SMTP server on the loopback that keeps what it takes. */
export async function startMailServer(): Promise<TestMailServer> {
  const received: ReceivedMail[] = [];
  const refusals: number[] = [];
  const refusedRecipient = 'refused@example.com';
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === mailUser.username && password === mailUser.password) done(null, { user: username });
      else done(new Error('Invalid username or password'));
    },
    onRcptTo: ({ address }, _session, done) => {
      done(address === refusedRecipient ? failure('No such mailbox', 550) : null);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const status = refusals.shift();
        if (status !== undefined) return done(failure('Not now', status));
        const raw = Buffer.concat(chunks).toString('utf8');
        const [recipient] = session.envelope.rcptTo;
        received.push({ to: recipient?.address ?? '', subject: subjectOf(raw), text: plainTextOf(raw), raw });
        done(null);
      });
    },
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    received,
    settings: {
      ...{ host: '127.0.0.1', port, security: 'none', from: 'panel@example.com', fromName: null },
      ...mailUser,
    },
    refuse: (status, times) => refusals.push(...Array(times).fill(status)),
    refusedRecipient,
    mailsTo: (recipient) => received.filter(({ to }) => to === recipient),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The token of the link in a mail. */
export function tokenIn(mail: ReceivedMail | undefined): string {
  const token = /#([\w-]{43})/.exec(mail?.text ?? '')?.[1];
  if (!token) throw new Error(`There is no link in this mail: ${mail?.text}`);
  return token;
}

const failure = (message: string, responseCode: number) =>
  Object.assign(new Error(message), { responseCode });

const subjectOf = (raw: string) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim() ?? '';

function plainTextOf(raw: string): string {
  const part = raw.split(/^--.*$/m).find((piece) => /^content-type: text\/plain/im.test(piece)) ?? raw;
  const body = part.slice(part.indexOf('\r\n\r\n') + 4);
  if (/^content-transfer-encoding: base64/im.test(part)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/^content-transfer-encoding: quoted-printable/im.test(part)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
