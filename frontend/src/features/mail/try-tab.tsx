import { Trans, useLingui } from '@lingui/react/macro';
import { Button, FileInput, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { MailTryResult } from '@/lib/api';
import {
  listMailboxesOptions,
  tryMailMessageFileMutation,
} from '@/lib/api/@tanstack/react-query.gen';
import { FormError } from '@/ui/form-error';
import { EmptyState, Fetched } from '@/ui/states';
import { Parts, Trace } from './parts';
import { MailStatePill } from './state-pill';

/** What a message may have at most, in bytes; the server says the same. */
const largest = 50 * 1024 * 1024;

/** What would become of a message, without anything happening. */
export function TryTab() {
  const { t } = useLingui();
  const boxes = useQuery(listMailboxesOptions({ query: { page_size: 100 } }));
  const [box, setBox] = useState('');
  const [to, setTo] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const attempt = useMutation({ ...tryMailMessageFileMutation(), meta: { trial: true } });
  return (
    <Fetched query={boxes}>
      {({ results }) => {
        const first = results[0];
        if (!first) {
          return (
            <EmptyState title={t`No mailboxes yet`}>
              <Trans>Make one first: a message is tried as if it came to it.</Trans>
            </EmptyState>
          );
        }
        return (
          <Stack gap="sm">
            <p>
              <Trans>
                Choose a message (.eml) to see what would become of it and why. Nothing happens: no
                ticket, no account, no answer.
              </Trans>
            </p>
            <NativeSelect
              label={t`Mailbox`}
              value={box || String(first.id)}
              onChange={(event) => setBox(event.currentTarget.value)}
              data={results.map(({ id, address }) => ({ value: String(id), label: address }))}
            />
            <FileInput
              label={t`Message`}
              placeholder={t`Choose a file`}
              accept=".eml,message/rfc822"
              value={file}
              onChange={setFile}
              clearable
              clearButtonProps={{ 'aria-label': t`Remove the file` }}
              error={file && file.size > largest ? t`A message may have at most 50 MB.` : undefined}
            />
            <TextInput
              label={t`Recipient, if it is another one than the message names`}
              value={to}
              onChange={(event) => setTo(event.currentTarget.value)}
            />
            <div>
              <Button
                disabled={!file || file.size > largest}
                loading={attempt.isPending}
                onClick={() => {
                  if (!file) return;
                  const mailbox = Number(box) || first.id;
                  attempt.mutate({ path: { id: mailbox }, body: { file, to: to || undefined } });
                }}
              >
                <Trans>Try the message</Trans>
              </Button>
            </div>
            <FormError error={attempt.error} />
            {attempt.data && <Result result={attempt.data} />}
          </Stack>
        );
      }}
    </Fetched>
  );
}

function Result({ result }: { result: MailTryResult }) {
  const { title, ticket_id: ticket } = result;
  return (
    <section aria-live="polite">
      <MailStatePill state={result.state} />{' '}
      {result.state === 'done' &&
        (ticket ? (
          <Trans>It would become a comment on ticket #{ticket}.</Trans>
        ) : (
          <Trans>It would open a ticket: {title}</Trans>
        ))}
      <Trace steps={result.trace} />
      {result.parts && <Parts parts={result.parts} />}
    </section>
  );
}
