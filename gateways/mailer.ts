import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';

/** A message to one person, in plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for the same message, however often it is sent: letters, digits, `_`, `-` and dots. */
  readonly messageId: string;
}

/** The way to people's letter boxes. */
export interface Mailer {
  /** Hands the message over, or throws, and may then be called again with the same message. */
  send(mail: Mail): Promise<void>;
}

export interface MailerOptions {
  /** The sender, as `Name <address>`. */
  readonly from: string;
  /** The server to hand messages to. */
  readonly smtpUrl?: string | undefined;
  /** Where messages are kept instead, for development. */
  readonly inboxDirectory?: string | undefined;
}

/** Sends by SMTP where there is a server, else keeps messages in the inbox directory. */
export function createMailer({ from, smtpUrl, inboxDirectory }: MailerOptions): Mailer {
  if (smtpUrl !== undefined) return createSmtpMailer(smtpUrl, from);
  if (inboxDirectory !== undefined) return createInboxMailer(inboxDirectory, from);
  throw new Error('There is no way to send mail: set SMTP_URL or MAIL_INBOX.');
}

const SMTP_TIMEOUT_MS = 10_000;

function createSmtpMailer(smtpUrl: string, from: string): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: SMTP_TIMEOUT_MS,
    greetingTimeout: SMTP_TIMEOUT_MS,
    socketTimeout: SMTP_TIMEOUT_MS,
  });
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    async send({ to, subject, text, messageId }) {
      // Sent twice it is one message: servers and readers know it again by its id.
      await transport.sendMail({ from, to, subject, text, messageId: `<${messageId}@${domain}>` });
    },
  };
}

/** One file a message, named after its id, so that a message sent twice is there once, and whole from the start. */
function createInboxMailer(directory: string, from: string): Mailer {
  return {
    async send({ to, subject, text, messageId }) {
      await mkdir(directory, { recursive: true });
      const id = createHash('sha256').update(messageId).digest('hex').slice(0, 24);
      const receivedAt = new Date().toISOString();
      const draft = join(directory, `.${id}.${randomBytes(6).toString('hex')}`);
      await writeFile(draft, JSON.stringify({ id, messageId, from, to, subject, text, receivedAt }, null, 2));
      try {
        await link(draft, join(directory, `${id}.json`));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      } finally {
        await rm(draft);
      }
    },
  };
}
