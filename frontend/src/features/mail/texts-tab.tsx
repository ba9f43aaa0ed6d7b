import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type MailTemplate, resetMailTemplate, saveMailTemplate } from '@/lib/api';
import {
  listMailboxesOptions,
  listMailTemplatesOptions,
  previewMailTemplateMutation,
  testMailTemplateMutation,
} from '@/lib/api/@tanstack/react-query.gen';
import { announce } from '@/lib/status-line';
import { FormError } from '@/ui/form-error';
import { RichText } from '@/ui/rich-text';
import { Fetched } from '@/ui/states';
import classes from './mail.module.css';
import { useMailWrite } from './write';

const must = { throwOnError: true } as const;

const kinds = {
  received: msg`Acknowledgement of a message`,
  opened: msg`A ticket was opened for somebody`,
  reply: msg`Answer`,
  finished: msg`A ticket was resolved or closed`,
} as const;

/** What mails say. */
export function TextsTab() {
  const { t, i18n } = useLingui();
  const boxes = useQuery(listMailboxesOptions({ query: { page_size: 100 } }));
  const [box, setBox] = useState('');
  const [kind, setKind] = useState<MailTemplate['kind']>('reply');
  const [language, setLanguage] = useState<MailTemplate['language']>('en');
  const texts = useQuery(
    listMailTemplatesOptions({ query: { mailbox_id: Number(box) || undefined } }),
  );
  return (
    <>
      <div className={classes.filters}>
        <NativeSelect
          label={t`Mail`}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as MailTemplate['kind'])}
          data={Object.entries(kinds).map(([value, label]) => ({ value, label: i18n._(label) }))}
        />
        <NativeSelect
          label={t`Language`}
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value as MailTemplate['language'])}
          data={[
            { value: 'en', label: 'English' },
            { value: 'de', label: 'Deutsch' },
          ]}
        />
        <NativeSelect
          label={t`Mailbox`}
          value={box}
          onChange={(event) => setBox(event.currentTarget.value)}
          data={[
            { value: '', label: t`All` },
            ...(boxes.data?.results ?? []).map(({ id, address }) => ({
              value: String(id),
              label: address,
            })),
          ]}
        />
      </div>
      <Fetched query={texts}>
        {({ results, placeholders }) => {
          const found = results.find((one) => one.kind === kind && one.language === language);
          return (
            found && (
              <Editor
                key={`${box} ${kind} ${language} ${found.custom}`}
                template={found}
                box={Number(box) || null}
                placeholders={placeholders}
              />
            )
          );
        }}
      </Fetched>
    </>
  );
}

interface EditorProps {
  template: MailTemplate;
  box: number | null;
  placeholders: string[];
}

function Editor({ template, box, placeholders }: EditorProps) {
  const { t } = useLingui();
  const [subject, setSubject] = useState(template.subject);
  const [text, setText] = useState(template.text);
  const [html, setHtml] = useState(template.html);
  const write = useMailWrite();
  const preview = useMutation({ ...previewMailTemplateMutation(), meta: { trial: true } });
  const test = useMutation({ ...testMailTemplateMutation(), meta: { trial: true } });
  const { kind, language } = template;
  const body = { mailbox_id: box, kind, language, subject, text, html };
  const names = placeholders.map((name) => `{{${name}}}`).join(' ');
  return (
    <Stack gap="sm">
      <TextInput
        label={t`Subject`}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <Textarea
        label={t`Text`}
        autosize
        minRows={6}
        maxRows={20}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Textarea
        label={t`HTML (made of the text when it is empty)`}
        autosize
        minRows={2}
        maxRows={20}
        value={html}
        onChange={(event) => setHtml(event.currentTarget.value)}
      />
      <p className={classes.problem}>
        <Trans>Values: {names}</Trans>
      </p>
      <div className={classes.actions}>
        <Button
          loading={write.isPending}
          onClick={() =>
            write.mutate(() => saveMailTemplate({ body, ...must }), {
              onSuccess: () => announce(t`The text was saved`),
            })
          }
        >
          <Trans>Save</Trans>
        </Button>
        <Button variant="default" onClick={() => preview.mutate({ body })}>
          <Trans>Preview</Trans>
        </Button>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ body })}>
          <Trans>Send a test to me</Trans>
        </Button>
        {template.custom && (
          <Button
            variant="default"
            onClick={() =>
              write.mutate(() =>
                resetMailTemplate({ body: { mailbox_id: box, kind, language }, ...must }),
              )
            }
          >
            <Trans>Back to the standard text</Trans>
          </Button>
        )}
      </div>
      <FormError error={preview.error ?? test.error} />
      {test.data && <p role="status">{test.data.ok ? t`The test was sent.` : test.data.problem}</p>}
      {preview.data && (
        <section className={classes.section} aria-label={t`Preview`}>
          <h2>{preview.data.subject}</h2>
          <RichText html={preview.data.html} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
          <pre className={classes.source} tabIndex={0}>
            {preview.data.text}
          </pre>
        </section>
      )}
    </Stack>
  );
}
