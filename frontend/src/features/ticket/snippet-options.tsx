import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Option } from '@/features/editor';
import { useMacros } from '@/features/macro';
import { previewMacro, type TicketDetail } from '@/lib/api';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { carryOutActions } from './actions';
import type { MessageKind } from './messages';

const none: readonly Option[] = [];

/** A hook that finds macros while ";na…" is being written, for a box of one kind. */
export function snippetsFor(ticket: TicketDetail, kind: MessageKind) {
  return function useSnippets(query: string | null): readonly Option[] {
    const { t } = useLingui();
    const client = useQueryClient();
    const all = useMacros(query !== null).data?.results;
    return useMemo(() => {
      if (query === null || !all) return none;
      const typed = query.trim().toLocaleLowerCase();
      return all
        .filter((one) => one.kind === kind && one.content !== '')
        .filter(({ name }) => name.toLocaleLowerCase().includes(typed))
        .slice(0, 8)
        .map((macro) => ({
          id: String(macro.id),
          label: (
            <>
              {macro.name}{' '}
              <span>
                {macro.actions.length > 0 &&
                  t`and ${plural(macro.actions.length, { one: '# action', other: '# actions' })}`}
              </span>
            </>
          ),
          text: '',
          load: async () => {
            const body = { ticket_id: ticket.id, macro_id: macro.id };
            const { data } = await previewMacro({ body, throwOnError: true });
            // What somebody has made a note of meanwhile is none for the requester.
            if (data.kind !== kind) {
              void invalidate(client, 'listMacros');
              const { name } = macro;
              announce(t`The text of “${name}” is for the other box now`, 'bad');
              return '';
            }
            carryOutActions(client, ticket, macro);
            return data.content;
          },
        }));
    }, [all, client, query, t]);
  };
}
