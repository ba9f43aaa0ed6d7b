import '@mantine/core/styles/Pill.css';
import { memo, type ReactNode } from 'react';
import '@mantine/core/styles/PillsInput.css';
import { useLingui } from '@lingui/react/macro';
import { Select, Stack, TagsInput, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Field, type TicketDetail, type TicketUpdate, updateTicket } from '@/lib/api';
import {
  getTicketQueryKey,
  listCategoriesOptions,
  listFieldsOptions,
  listSubstatusesOptions,
  listTagsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { ifMatch } from '@/lib/etag';
import { fieldErrors } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { reason } from './actions/changes';
import { announceRefusal, fieldId } from './actions/refusal';
import { FieldInput } from './field-input';
import { statuses } from './labels';
import { FinerPill } from './pills';
import classes from './properties.module.css';

const rarely = { staleTime: 60_000 };
const still = { transitionProps: { duration: 0 } };

/** Changes what hangs on a ticket, against the version that is shown. */
function useHang(ticket: TicketDetail) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: TicketUpdate) => {
      const options = { path: { id: ticket.id }, body, headers: ifMatch(ticket) };
      return (await updateTicket({ ...options, throwOnError: true })).data;
    },
    onSuccess: (now) => {
      client.setQueryData(getTicketQueryKey({ path: { id: now.id } }), now);
      void invalidate(client, 'listTickets', 'listTicketEvents', 'countTickets', 'listTags');
    },
    onError: (error) => {
      announceRefusal(client, error, reason);
      void client.invalidateQueries({ queryKey: getTicketQueryKey({ path: { id: ticket.id } }) });
    },
  });
}

/** Category, finer status, tags and fields of a ticket: changed where they are shown. */
export const FacetsPanel = memo(function FacetsPanel({ ticket }: { ticket: TicketDetail }) {
  const { t, i18n } = useLingui();
  const works = useCan('ticket.work') && ticket.can.update_status;
  const categories = useQuery({ ...listCategoriesOptions(), ...rarely }).data?.categories ?? [];
  const finer = useQuery({ ...listSubstatusesOptions(), ...rarely }).data?.substatuses ?? [];
  const fields = useQuery({ ...listFieldsOptions(), ...rarely }).data?.fields ?? [];
  const tags = useQuery({ ...listTagsOptions(), ...rarely, enabled: works }).data?.tags ?? [];
  const hang = useHang(ticket);
  const errors = hang.error ? fieldErrors(hang.error) : {};
  const form = categories.find(({ id }) => id === ticket.category?.id)?.form ?? [];
  const filled = (field: Field) => {
    const value = ticket.fields[field.slug];
    return value !== undefined && value !== null && value !== false && String(value) !== '';
  };
  const asked = fields.filter(
    (field) => (!field.archived && (field.everywhere || form.includes(field.id))) || filled(field),
  );
  const clear = { 'aria-label': t`Clear` };
  const told = asked.some((field) => filled(field) || (field.can.set && ticket.can.update));
  if (!works && !told && !ticket.category && ticket.tags.length === 0) return null;
  const panel = (
    <Stack gap="xs" mt={works ? 'sm' : undefined}>
      {works && categories.length > 0 && (
        <Select
          label={t`Category`}
          searchable
          clearable
          clearButtonProps={clear}
          data={categories
            .filter(({ id, usable }) => usable || id === ticket.category?.id)
            .map(({ id, path }) => ({ value: String(id), label: path }))}
          value={ticket.category ? String(ticket.category.id) : null}
          onChange={(id) => hang.mutate({ category: id ? Number(id) : null })}
          comboboxProps={still}
        />
      )}
      {!works && ticket.category && <Known label={t`Category`}>{ticket.category.path}</Known>}
      {works && finer.some(({ active }) => active) && (
        <Select
          label={t`Finer status`}
          searchable
          clearable
          clearButtonProps={clear}
          data={(['open', 'in_progress', 'resolved', 'closed'] as const)
            .map((state) => ({
              group: i18n._(statuses[state].label),
              items: finer
                .filter((x) => x.state === state && (x.active || x.slug === ticket.substatus?.slug))
                .map(({ slug, label }) => ({ value: slug, label })),
            }))
            .filter(({ items }) => items.length > 0)}
          renderOption={({ option }) => {
            const one = finer.find(({ slug }) => slug === option.value);
            return one ? <FinerPill status={one.state} finer={one} /> : option.label;
          }}
          value={ticket.substatus?.slug ?? null}
          onChange={(slug) => hang.mutate({ substatus: slug })}
          comboboxProps={still}
        />
      )}
      {works && (
        <TagsInput
          id="ticket-tags"
          label={t`Tags`}
          placeholder={ticket.tags.length === 0 ? t`Add a tag` : undefined}
          data={tags.map(({ name }) => name)}
          value={ticket.tags}
          onChange={(names) => hang.mutate({ tags: names })}
          comboboxProps={still}
        />
      )}
      {!works && ticket.tags.length > 0 && <Known label={t`Tags`}>{ticket.tags.join(', ')}</Known>}
      {asked.map((field) =>
        field.can.set && ticket.can.update ? (
          <FieldInput
            key={field.slug}
            id={fieldId(field.slug)}
            field={field}
            value={ticket.fields[field.slug]}
            error={errors[`fields.${field.slug}`]}
            onCommit={(value) => hang.mutate({ fields: { [field.slug]: value } })}
          />
        ) : (
          filled(field) && (
            <Known key={field.slug} label={field.name}>
              {say(ticket.fields[field.slug], t`Yes`)}
            </Known>
          )
        ),
      )}
    </Stack>
  );
  return works ? (
    panel
  ) : (
    <section className={`${classes.box} ${classes.told}`} aria-label={t`Properties`}>
      {panel}
    </section>
  );
});

/** A value in words. */
function say(value: unknown, yes: string): string {
  if (value === true) return yes;
  if (Array.isArray(value)) return value.join(', ');
  if (value && typeof value === 'object') return (value as { username?: string }).username ?? '';
  return String(value ?? '');
}

function Known({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  );
}
