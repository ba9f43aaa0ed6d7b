import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type RoutingQueue, simulateRouting } from '@/lib/api';
import { listCategoriesOptions } from '@/lib/api/@tanstack/react-query.gen';
import { explain, fieldErrors } from '@/lib/problem';
import { personName } from '@/ui/person';
import { Section } from '@/ui/section';
import { Candidates } from './candidates';
import { reasonWords } from './words';

/** Who would get a ticket now. */
export function Simulation({ queues }: { queues: RoutingQueue[] }) {
  const { t, i18n } = useLingui();
  const categories = useQuery(listCategoriesOptions()).data?.categories ?? [];
  const [number, setNumber] = useState('');
  const [queue, setQueue] = useState('');
  const [category, setCategory] = useState('');
  const [tags, setTags] = useState('');
  const run = useMutation({
    mutationFn: async () => {
      const ticket = Number(number.trim().replace(/^#/, ''));
      const body = ticket
        ? { ticket_id: ticket }
        : {
            queue_id: Number(queue || queues[0]?.id),
            category_id: category ? Number(category) : null,
            tags: tags
              .split(',')
              .map((tag) => tag.trim())
              .filter(Boolean),
          };
      return (await simulateRouting({ body, throwOnError: true })).data;
    },
  });
  const wrong = run.error && (Object.values(fieldErrors(run.error))[0] ?? explain(run.error));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run.mutate();
  };
  const found = run.data;
  const name = found?.agent ? personName(found.agent) : '';
  const reason = found?.candidates[0]?.reason;
  const why = found?.agent && reason ? i18n._(reasonWords[reason]) : '';
  const of = found?.queue ?? '';
  return (
    <Section title={t`Who would get this?`}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t`Number of a ticket`}
            description={t`Or leave it empty, and say what a ticket would be like.`}
            value={number}
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          {!number.trim() && (
            <Group align="flex-end">
              <NativeSelect
                label={t`Queue`}
                value={queue}
                data={queues.map(({ id, name: label }) => ({ value: String(id), label }))}
                onChange={(event) => setQueue(event.currentTarget.value)}
              />
              <NativeSelect
                label={t`Category`}
                value={category}
                data={[
                  { value: '', label: t`None` },
                  ...categories.map(({ id, path }) => ({ value: String(id), label: path })),
                ]}
                onChange={(event) => setCategory(event.currentTarget.value)}
              />
              <TextInput
                label={t`Tags, with commas between them`}
                value={tags}
                onChange={(event) => setTags(event.currentTarget.value)}
              />
            </Group>
          )}
          <div>
            <Button type="submit" variant="default" loading={run.isPending}>
              <Trans>Simulate</Trans>
            </Button>
          </div>
          {wrong && <p role="alert">{wrong}</p>}
          {found && (
            <div role="status">
              <p>
                {found.queue_id === null ? (
                  <Trans>No queue takes this ticket.</Trans>
                ) : found.agent ? (
                  <Trans>
                    “{of}” would give it to {name}: {why}. Nothing was changed.
                  </Trans>
                ) : (
                  <Trans>It would wait in “{of}”: nobody is free. Nothing was changed.</Trans>
                )}
              </p>
              {found.queue_id !== null && (
                <Candidates list={found.candidates} chosen={found.agent?.id} />
              )}
            </div>
          )}
        </Stack>
      </form>
    </Section>
  );
}
