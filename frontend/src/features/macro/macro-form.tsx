import '@mantine/core/styles/NumberInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useTeams } from '@/features/team';
import { type Macro, previewMacro } from '@/lib/api';
import { listPlaceholdersOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { useErrorFocus } from '@/lib/forms';
import { explain, fieldErrors } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { RichText } from '@/ui/rich-text';
import { ActionsEditor } from './actions-editor';
import { edited, inputOf, useSaveMacro } from './api';
import classes from './macro.module.css';

/** Makes a macro, or changes the one that is given. */
export function MacroForm({ macro, onClose }: { macro?: Macro; onClose: () => void }) {
  const { t } = useLingui();
  const manages = useCan('macro.manage');
  const teams = (useTeams().data?.results ?? []).filter((team) => team.mine || manages);
  const box = useRef<HTMLTextAreaElement>(null);
  const [name, setName] = useState(macro?.name ?? '');
  const [kind, setKind] = useState<Macro['kind']>(macro?.kind ?? 'reply');
  const [content, setContent] = useState(macro?.content ?? '');
  const [actions, setActions] = useState(
    () => macro?.actions.map(({ type, params }) => edited(type, params)) ?? [],
  );
  const [shared, setShared] = useState(
    macro?.team ? `team-${macro.team.id}` : (macro?.shared_with ?? ''),
  );
  const save = useSaveMacro(macro);
  useErrorFocus(save.error);
  const errors = fieldErrors(save.error);
  const placeholders = useQuery({ ...listPlaceholdersOptions(), staleTime: 600_000 }).data;
  const input = () => ({ kind, content, actions: actions.map(inputOf) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const team = shared.startsWith('team-') ? Number(shared.slice(5)) : null;
    const role = team || !shared ? null : (shared as 'it_staff' | 'admin');
    save.mutate(
      { name, ...input(), shared_with: role, team_id: team },
      {
        onSuccess: () => {
          announce(t`Macro saved`);
          onClose();
        },
      },
    );
  };
  const insert = (placeholder: string) => {
    const field = box.current;
    const at = field?.selectionStart ?? content.length;
    setContent(`${content.slice(0, at)}{{${placeholder}}}${content.slice(at)}`);
    field?.focus();
  };
  return (
    <Dialog title={macro ? t`Change macro` : t`New macro`} size="xl" keep onClose={onClose}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <FormError
            overwrites
            error={save.error}
            shown={['name', 'content', 'actions', 'team_id', 'shared_with']}
          />
          <TextInput
            label={t`Name`}
            required
            data-autofocus
            value={name}
            error={errors.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t`Its text is`}
            value={kind}
            data={[
              { value: 'reply', label: t`a reply to the requester` },
              { value: 'note', label: t`an internal note` },
            ]}
            onChange={(event) => setKind(event.currentTarget.value as Macro['kind'])}
          />
          <Textarea
            ref={box}
            label={t`Text`}
            description={t`Markdown. Leave it empty for a macro that only acts.`}
            autosize
            minRows={4}
            maxRows={14}
            value={content}
            error={errors.content}
            onChange={(event) => setContent(event.currentTarget.value)}
          />
          <fieldset
            className={classes.chips}
            style={{ border: 0, margin: 0, padding: 0 }}
            aria-label={t`Placeholders`}
          >
            {placeholders?.placeholders.map((one) => (
              <Button
                key={one.name}
                size="compact-xs"
                variant="default"
                title={one.example}
                onClick={() => insert(one.name)}
              >
                {one.name}
              </Button>
            ))}
          </fieldset>
          <ActionsEditor
            actions={actions}
            error={errors.actions}
            without={['delete', 'reply', 'note', 'apply_macro']}
            onChange={setActions}
          />
          <NativeSelect
            label={t`Who can use it`}
            value={shared}
            error={errors.team_id ?? errors.shared_with}
            data={[
              { value: '', label: t`Only me` },
              { value: 'it_staff', label: t`All IT staff` },
              ...(manages ? [{ value: 'admin', label: t`Administrators` }] : []),
              ...teams.map((team) => ({ value: `team-${team.id}`, label: team.name })),
            ]}
            onChange={(event) => setShared(event.currentTarget.value)}
          />
          <PreviewOf input={input} />
          <Group>
            <Button type="submit" loading={save.isPending}>
              <Trans>Save macro</Trans>
            </Button>
            <Button variant="default" onClick={onClose}>
              <Trans>Cancel</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

type Input = Pick<Parameters<typeof previewMacro>[0]['body'], 'kind' | 'content' | 'actions'>;

/** What the macro would do to a ticket, as it is in the form now. */
function PreviewOf({ input }: { input: () => Input }) {
  const { t } = useLingui();
  const [id, setId] = useState<number | string>('');
  const preview = useMutation({
    meta: { trial: true },
    mutationFn: async () =>
      (await previewMacro({ body: { ...input(), ticket_id: Number(id) }, throwOnError: true }))
        .data,
  });
  const errors = fieldErrors(preview.error);
  // What is wrong with the macro is not said as if the ticket were wrong.
  const wrong =
    preview.error && !errors.ticket_id
      ? (Object.values(errors)[0] ?? explain(preview.error))
      : undefined;
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <NumberInput
          label={t`Try it on ticket`}
          min={1}
          allowDecimal={false}
          hideControls
          value={id}
          error={errors.ticket_id}
          onChange={setId}
        />
        <Button
          variant="default"
          disabled={!id}
          loading={preview.isPending}
          onClick={() => preview.mutate()}
        >
          <Trans>Preview</Trans>
        </Button>
      </Group>
      {wrong && (
        <Text size="sm" c="red" role="alert">
          {wrong}
        </Text>
      )}
      {preview.data && (
        <section className={classes.preview} aria-label={t`Preview`}>
          {preview.data.content && <RichText html={preview.data.content_html} />}
          <ul>
            {preview.data.actions.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </Stack>
  );
}
