import type { MailMessage, MailOut } from '@/lib/api';

export type MailState = MailMessage['state'];
export const mailStates: MailState[] = ['held', 'failed', 'received', 'done', 'ignored'];
export const outStates: MailOut['state'][] = ['pending', 'sent', 'dead', 'suppressed', 'cancelled'];
export const mailTabs = ['messages', 'sent', 'mailboxes', 'texts', 'domains', 'try'] as const;
export type MailTab = (typeof mailTabs)[number];

/** What the mail page shows; kept in the URL. */
export interface MailSearch {
  tab?: MailTab;
  state?: MailState;
  mailbox?: number;
  out?: MailOut['state'];
  page?: number;
  cursor?: string;
}

export const mailPageSize = 25;

/** Reads the URL and drops what is unknown. */
export function parseMailSearch(raw: Record<string, unknown>): MailSearch {
  const page = Number(raw.page);
  const mailbox = Number(raw.mailbox);
  const found: MailSearch = {
    tab: mailTabs.find((tab) => tab === raw.tab && tab !== 'messages'),
    state: mailStates.find((state) => state === raw.state),
    out: outStates.find((state) => state === raw.out),
    mailbox: Number.isSafeInteger(mailbox) && mailbox > 0 ? mailbox : undefined,
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    cursor: typeof raw.cursor === 'string' && raw.cursor ? raw.cursor : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
