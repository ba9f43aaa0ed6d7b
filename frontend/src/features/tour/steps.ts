import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Permission } from '@/lib/can';

export interface Step {
  title: MessageDescriptor;
  text: MessageDescriptor;
  /** What it is about, marked while the step is shown. */
  target?: string;
  /** Keys to try, as commands write them. */
  keys?: string[];
}

const welcome = {
  title: msg`Welcome to Fixdesk`,
  text: msg`A minute to look around. You can leave at any time, and come back to this from the command palette.`,
};

const end: Step = {
  title: msg`Make it yours`,
  text: msg`Your profile has the language, the time zone, light and dark, and notifications of this browser. Without a network you can go on reading and writing: it is sent when you are back.`,
  target: '[data-tour="me"], nav a[href="/profile"]',
};

const requester: Step[] = [
  welcome,
  {
    title: msg`Report a problem`,
    text: msg`One sentence is enough to begin with. While you type, you see what you have already reported.`,
    target: 'a[href="/tickets/new"]',
    keys: ['c'],
  },
  {
    title: msg`Follow it`,
    text: msg`My tickets shows what happens now with each of them, and who has it. Answers appear by themselves; you answer right below, and you can close a ticket or open it again.`,
    target: '[data-tour="tickets"], nav a[href="/tickets"]',
  },
  end,
];

const staff: Step[] = [
  welcome,
  {
    title: msg`Your queue`,
    text: msg`Unassigned tickets and your own, with their numbers. The list and the ticket stand side by side; what others change appears by itself.`,
    target: '[data-tour="tickets"], nav a[href="/tickets"]',
    keys: ['j', 'k', 'Enter'],
  },
  {
    title: msg`Find anything`,
    text: msg`Words, or a query such as status:open assignee:me. It completes while you type.`,
    target: '[data-tour="search"]',
    keys: ['/'],
  },
  {
    title: msg`Everything by key`,
    text: msg`Assign, status, priority, reply, note: each has a key. The palette finds all commands by their words, and ? lists the keys.`,
    keys: ['mod+k', '?', 'a', 's', 'p', 'r', 'n'],
  },
  {
    title: msg`Replies and notes never mix`,
    text: msg`A reply goes to the requester; an amber note stays with the team. What you send can be taken back for ten seconds, and so can every change.`,
    keys: ['u'],
  },
];

const admin: Step = {
  title: msg`Administration`,
  text: msg`People and their roles, mail, rules and the jobs that work in the background are below the views; on a phone they are under More.`,
  target: '[data-tour="admin"], [data-tour="more"]',
};

/** What somebody is shown who may do this. */
export function stepsFor(may: (permission: Permission) => boolean): Step[] {
  if (!may('ticket.queue')) return requester;
  return [...staff, ...(may('user.manage') ? [admin] : []), end];
}
