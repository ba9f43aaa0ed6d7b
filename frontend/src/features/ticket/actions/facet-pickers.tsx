import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack } from '@mantine/core';
import { IconCategory, IconForms, IconPlus, IconTag, IconTagOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Field } from '@/lib/api';
import {
  listCategoriesOptions,
  listFieldsOptions,
  listTagsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { type Choice, Chooser } from '@/ui/chooser';
import { Dialog } from '@/ui/dialog';
import { FieldInput } from '../field-input';
import { type Question, stopAsking } from './ask';
import { begins } from './begins';
import { change } from './carry-out';
import { sendable } from './changes';

const rarely = { staleTime: 60_000 };

/** What commands ask about what hangs on tickets. */
export function FacetPicker({ question }: { question: Question }) {
  if (question.about === 'tag') return <TagPicker question={question} />;
  if (question.about === 'category') return <CategoryPicker question={question} />;
  return <FieldPicker question={question} />;
}

function useWhich({ target: { ticket, selection } }: Question): string {
  const { t } = useLingui();
  if (ticket) return t`ticket #${ticket.id}`;
  const count = 'ids' in selection ? selection.ids.length : selection.count;
  return t`${plural(count, { one: '# ticket', other: '# tickets' })}`;
}

/** How many tags are offered at a time. */
const offered = 50;

/** Puts tags on, one after the other, and takes them off; the list stays until Escape. */
function TagPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const { target, anchor } = question;
  const which = useWhich(question);
  const all = useQuery({ ...listTagsOptions(), ...rarely });
  const [on, setOn] = useState<readonly string[]>(target.ticket?.tags ?? []);
  const typed = query.trim().replace(/\s+/g, ' ');
  const same = (a: string, b: string) => a.toLocaleLowerCase() === b.toLocaleLowerCase();
  const known = all.data?.tags.map(({ name }) => name) ?? [];
  const has = (name: string) => on.some((tag) => same(tag, name));
  const names = [...on, ...known.filter((name) => !has(name))]
    .filter((name) => begins(name, typed))
    .slice(0, offered);
  const fresh = typed !== '' && ![...on, ...known].some((name) => same(name, typed));
  const many = !target.ticket;
  const groups = [
    {
      id: 'tags',
      choices: names.map((name): Choice => {
        const icon = has(name) ? IconTagOff : IconTag;
        return { id: `${has(name) ? '-' : '+'}${name}`, label: name, icon, hint: hint(has(name)) };
      }),
    },
    {
      id: 'new',
      choices: fresh ? [{ id: `+${typed}`, label: t`New tag “${typed}”`, icon: IconPlus }] : [],
    },
    {
      // Of many tickets, nobody knows which have a tag.
      id: 'off',
      label: t`Take off`,
      choices: many ? names.map((name) => ({ id: `-${name}`, label: name, icon: IconTagOff })) : [],
    },
  ];
  function hint(taken: boolean): string | undefined {
    return taken ? t`take off` : undefined;
  }
  return (
    <Chooser
      title={t`Tags of ${which}…`}
      groups={groups}
      query={query}
      onQuery={setQuery}
      nothing={all.isFetching ? t`Searching…` : t`No tags yet: type one`}
      anchor={anchor}
      stays={!many}
      onClose={stopAsking}
      onPick={(id) => {
        const name = id.slice(1);
        const put = id.startsWith('+');
        change(client, target, { kind: 'tag', to: name, on: put });
        setOn(put ? [...on, name] : on.filter((tag) => !same(tag, name)));
        setQuery('');
      }}
    />
  );
}

function CategoryPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const { target, anchor } = question;
  const which = useWhich(question);
  const all = useQuery({ ...listCategoriesOptions(), ...rarely });
  const usable = all.data?.categories.filter((one) => one.usable) ?? [];
  const now = target.ticket ? (target.ticket.category?.id ?? 0) : -1;
  const choices: Choice[] = [
    { id: '0', label: t`No category`, icon: IconCategory, current: now === 0 },
    ...usable.map(({ id, path }) => ({
      id: String(id),
      label: path,
      icon: IconCategory,
      current: now === id,
    })),
  ].filter(({ label }) => label.split('/').some((part) => begins(part, query.trim())));
  return (
    <Chooser
      title={t`Category of ${which}…`}
      groups={[{ id: 'category', choices }]}
      query={query}
      onQuery={setQuery}
      nothing={all.isFetching ? t`Searching…` : t`No category of that name`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) => {
        const to = usable.find((one) => String(one.id) === id);
        const category = to ? { id: to.id, name: to.name, path: to.path } : null;
        change(client, target, { kind: 'category', to: category });
      }}
    />
  );
}

/** First which field, then its value: from a list where there is one. */
function FieldPicker({ question }: { question: Question }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [query, setQuery] = useState('');
  const [field, setField] = useState<Field | null>(null);
  const { target, anchor } = question;
  const which = useWhich(question);
  const all = useQuery({ ...listFieldsOptions(), ...rarely });
  const fields = all.data?.fields.filter(({ can, archived }) => can.set && !archived) ?? [];
  if (!field) {
    return (
      <Chooser
        title={t`Which field of ${which}…`}
        groups={[
          {
            id: 'fields',
            choices: fields
              .filter(({ name }) => begins(name, query.trim()))
              .map(({ slug, name }) => ({ id: slug, label: name, icon: IconForms })),
          },
        ]}
        query={query}
        onQuery={setQuery}
        nothing={all.isFetching ? t`Searching…` : t`No field of that name`}
        anchor={anchor}
        stays
        onClose={stopAsking}
        onPick={(slug) => {
          setQuery('');
          setField(fields.find((one) => one.slug === slug) ?? null);
        }}
      />
    );
  }
  const set = (shown: unknown) => {
    const { slug, name } = field;
    change(client, target, { kind: 'field', slug, name, to: sendable(shown), shown });
    stopAsking();
  };
  if (field.kind !== 'choice' && field.kind !== 'checkbox') {
    return <ValueDialog field={field} which={which} question={question} onSet={set} />;
  }
  const now = target.ticket?.fields[field.slug];
  const yes = field.kind === 'checkbox';
  const values = yes
    ? [t`Yes`, t`No`]
    : field.options.filter(({ active }) => active).map(({ label }) => label);
  const choices: Choice[] = values.map((label, at) => ({
    id: `=${label}`,
    label,
    current: yes ? !!target.ticket && (now === true) === (at === 0) : now === label,
  }));
  const none = { id: '', label: t`No value` };
  return (
    <Chooser
      key={field.slug}
      title={t`${field.name} of ${which}…`}
      groups={[
        {
          id: 'values',
          choices: [...choices, ...(yes ? [] : [none])].filter(({ label }) =>
            begins(label, query.trim()),
          ),
        },
      ]}
      query={query}
      onQuery={setQuery}
      nothing={t`Nothing found`}
      anchor={anchor}
      onClose={stopAsking}
      onPick={(id) => set(yes ? id === `=${t`Yes`}` : id.slice(1) || null)}
    />
  );
}

interface ValueDialogProps {
  field: Field;
  which: string;
  question: Question;
  onSet: (value: unknown) => void;
}

function ValueDialog({ field, which, question, onSet }: ValueDialogProps) {
  const { t } = useLingui();
  const [value, setValue] = useState<unknown>(question.target.ticket?.fields[field.slug] ?? null);
  return (
    <Dialog title={t`${field.name} of ${which}`} onClose={stopAsking}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSet(value);
        }}
      >
        <Stack>
          <FieldInput field={field} value={value} onCommit={setValue} />
          <Group justify="end">
            <Button type="submit">
              <Trans>Set</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
