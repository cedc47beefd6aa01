import { randomUUID } from 'node:crypto';
import type { MailServer } from './mail-settings.ts';
import type { RenderedMail } from './mail-templates.ts';

const connectTimeoutMs = 10_000;
const silenceTimeoutMs = 20_000;

/** What went wrong, for the person at the settings; `isFinal` when another attempt would end the same way. */
export class MailProblem extends Error {
  override readonly name = 'MailProblem';
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean, cause: unknown) {
    super(message, { cause });
    this.isFinal = isFinal;
  }
}

interface Envelope {
  to: string;
  /** The same for each attempt, so that whoever gets a mail twice can tell. */
  id?: string;
}

/** Hands one mail to the server. Throws a MailProblem when the server does not have it afterwards. */
export async function sendBySmtp(
  server: MailServer,
  { to, id }: Envelope,
  mail: RenderedMail,
): Promise<void> {
  // Loaded when there is mail: a panel without any does without it.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    auth: server.username === null ? undefined : { user: server.username, pass: server.password ?? '' },
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: silenceTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: { name: server.fromName ?? 'Catalyst', address: server.from },
      to: { name: '', address: to },
      messageId: `<${id ?? randomUUID()}@${server.from.replace(/^.*@/, '')}>`,
      headers: { 'auto-submitted': 'auto-generated' },
      ...mail,
    });
  } catch (error) {
    throw toProblem(error);
  } finally {
    transport.close();
  }
}

function toProblem(error: unknown): MailProblem {
  const { code, responseCode, command, message } = error as {
    code?: string;
    responseCode?: number;
    command?: string;
    message?: string;
  };
  const isRefusedRecipient = command === 'RCPT TO' && (responseCode ?? 0) >= 500;
  return new MailProblem(sentence(code, responseCode, command, message ?? ''), isRefusedRecipient, error);
}

function sentence(
  code: string | undefined,
  status: number | undefined,
  command: string | undefined,
  message: string,
): string {
  if (command === 'RCPT TO' && status) return `The server does not take mail for this address (${status})`;
  switch (code) {
    case 'EAUTH':
      return 'The server refuses the user name or the password';
    case 'EDNS':
    case 'ENOTFOUND':
      return 'There is no server of this name';
    case 'ETIMEDOUT':
      return 'The server does not answer';
    case 'ETLS':
      return 'The server offers no encryption, or a certificate that is not valid for it';
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'ECONNREFUSED':
      return /certificate|self.signed|altnames|SSL|TLS/i.test(message)
        ? 'The encryption with the server failed: see port, security and its certificate'
        : 'The server cannot be reached at this host and port';
  }
  return status ? `The server refused the mail (${status})` : 'The mail could not be sent';
}
