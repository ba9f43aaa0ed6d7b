import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useDebouncedValue } from '@mantine/hooks';
import { IconLink, IconTicket } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Ticket } from '@/lib/api';
import { getTicketOptions, listTicketsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { Chooser } from '@/ui/chooser';
import { isolated } from '@/ui/isolate';
import { type Question, stopAsking } from '../actions/ask';
import { runMany } from '../actions/bulk-runs';
import { type LinkKind, linkChoices, linkKinds } from './link-kinds';
import { link, merge } from './links';

/** How many tickets the question is about. */
export function useCount({ target }: Question): number {
  const { selection } = target;
  return !selection ? 1 : 'ids' in selection ? selection.ids.length : selection.count;
}

/** Tickets of a number or with these words; the latest ones while nothing is typed. */
function useTicketsLike(query: string): { found: Ticket[]; busy: boolean } {
  const [typed] = useDebouncedValue(query.trim(), 120);
  const number = Number(/^#?(\d{1,9})$/.exec(typed)?.[1] ?? 0);
  const byNumber = useQuery({
    ...getTicketOptions({ path: { id: number } }),
    enabled: number > 0,
    retry: false,
  });
  const search = typed ? { search: typed } : { sort: '-updated_at' as const };
  const byWords = useQuery({
    ...listTicketsOptions({ query: { ...search, page_size: 8 } }),
    placeholderData: keepPreviousData,
  });
  const first = number > 0 && byNumber.data ? [byNumber.data as Ticket] : [];
  const rest = byWords.data?.results ?? [];
  return {
    found: [...first, ...rest.filter(({ id }) => id !== first[0]?.id)],
    busy: byWords.isFetching || byNumber.isFetching,
  };
}

function TicketPicker(props: {
  title: string;
  question: Question;
  onPick: (id: number) => void;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const [query, setQuery] = useState('');
  const { found, busy } = useTicketsLike(query);
  const own = props.question.target.ticket?.id;
  return (
    <Chooser
      title={props.title}
      wide
      groups={[
        {
          id: 'tickets',
          choices: found
            .filter(({ id, merged_into }) => id !== own && merged_into === null)
            .map(({ id, title }) => ({
              id: String(id),
              label: isolated(title),
              hint: `#${id}`,
              icon: IconTicket,
            })),
        },
      ]}
      query={query}
      onQuery={setQuery}
      nothing={busy ? t`Searching…` : t`Nothing found`}
      onPick={(id) => props.onPick(Number(id))}
      onClose={props.onClose}
    />
  );
}

/** Into which ticket? */
export function MergePicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const count = useCount(question);
  const { ticket, selection } = question.target;
  return (
    <TicketPicker
      question={question}
      title={
        ticket
          ? t`Merge ticket #${ticket.id} into…`
          : t`Merge ${plural(count, { one: '# ticket', other: '# tickets' })} into…`
      }
      onClose={stopAsking}
      onPick={(id) => {
        if (ticket) void merge(client, ticket, id);
        else if (selection) void runMany(client, selection, { type: 'merge', ticket_id: id });
      }}
    />
  );
}

/** How, and to which ticket? */
export function LinkPicker({ question }: { question: Question }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const count = useCount(question);
  const [query, setQuery] = useState('');
  const [kind, setKind] = useState<LinkKind | null>(null);
  const picked = useRef(false);
  const { ticket, selection } = question.target;
  const typed = query.trim().toLocaleLowerCase(i18n.locale);
  if (kind) {
    return (
      <TicketPicker
        question={question}
        title={i18n._(linkChoices[kind])}
        onClose={stopAsking}
        onPick={(id) => {
          if (ticket) void link(client, ticket.id, kind, id);
          else if (selection) {
            void runMany(client, selection, { type: 'link', kind, ticket_id: id });
          }
        }}
      />
    );
  }
  return (
    <Chooser
      title={
        ticket
          ? t`How ticket #${ticket.id} belongs to another one`
          : t`How ${plural(count, { one: '# ticket', other: '# tickets' })} belong to another one`
      }
      groups={[
        {
          id: 'kinds',
          choices: linkKinds
            .map((one) => ({ id: one, label: i18n._(linkChoices[one]), icon: IconLink }))
            .filter(({ label }) => label.toLocaleLowerCase(i18n.locale).includes(typed)),
        },
      ]}
      query={query}
      onQuery={setQuery}
      nothing={t`Nothing found`}
      // The second question follows at once.
      onClose={() => queueMicrotask(() => picked.current || stopAsking())}
      onPick={(one) => {
        picked.current = true;
        setKind(one as LinkKind);
      }}
    />
  );
}
