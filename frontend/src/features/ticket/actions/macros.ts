import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { QueryClient } from '@tanstack/react-query';
import { applyMacro, type Macro, type Ticket, undoMacro } from '@/lib/api';
import { explain, fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { uuid } from '@/lib/random';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { refreshTicket } from '../messages';
import { runMany } from './bulk-runs';
import { refreshAround } from './changes';
import type { Target } from './target';

const must = { throwOnError: true } as const;

function refresh(client: QueryClient, id: number): void {
  refreshTicket(client, id);
  void invalidate(client, 'listMessages');
  refreshAround(client);
}

/** Uses a macro on a ticket; `content` is what is written instead of its own text. */
async function applyTo(client: QueryClient, ticket: Ticket, macro: Macro, content?: string) {
  const { id } = ticket;
  try {
    const { data } = await applyMacro({
      path: { id },
      body: { macro_id: macro.id, ...(content === undefined ? {} : { content }) },
      headers: { 'Idempotency-Key': uuid() },
      ...must,
    });
    refresh(client, id);
    offerUndo({
      message: `#${id}: ${macro.name}`,
      undo: async () => {
        await undoMacro({ path: { id: data.id }, ...must });
        refresh(client, id);
      },
    });
  } catch (error) {
    announce(Object.values(fieldErrors(error))[0] ?? explain(error), 'bad');
  }
}

/** Uses a macro on what a command acts on: all of it on each ticket, or nothing. */
export function carryOutMacro(client: QueryClient, target: Target, macro: Macro): void {
  if (target.ticket) void applyTo(client, target.ticket, macro);
  else void runMany(client, target.selection, { type: 'apply_macro', macro_id: macro.id });
}

/** Only what a macro does, where its text is in the box already. */
export function carryOutActions(client: QueryClient, ticket: Ticket, macro: Macro): void {
  if (macro.actions.length > 0) void applyTo(client, ticket, macro, '');
}

/** What a macro does, in short. */
export function gistOf(macro: Macro): string {
  const parts = macro.actions.map(({ text }) => text);
  if (macro.content) parts.push(macro.kind === 'note' ? i18n._(msg`note`) : i18n._(msg`reply`));
  return parts.join(' · ');
}
