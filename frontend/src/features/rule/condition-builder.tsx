import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Button, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listQueryFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { type Line, line, linesOf, queryOf } from './conditions';
import classes from './rule.module.css';

interface ConditionBuilderProps {
  q: string;
  error?: React.ReactNode;
  onChange: (q: string) => void;
}

/** Which tickets: as lines of fields and values, and as the query that they are. */
export function ConditionBuilder({ q, error, onChange }: ConditionBuilderProps) {
  const { t } = useLingui();
  const fields = useQuery({ ...listQueryFieldsOptions(), staleTime: 60_000 }).data?.fields ?? [];
  const [own, setOwn] = useState(() => ({ q, parts: linesOf(q) }));
  const parts = own.q === q ? own.parts : linesOf(q);
  const write = (any: boolean, lines: Line[]) => {
    const next = queryOf(any, lines);
    setOwn({ q: next, parts: { any, lines } });
    onChange(next);
  };
  return (
    <Stack gap="sm">
      {parts ? (
        <>
          {parts.lines.length > 1 && (
            <NativeSelect
              label={t`A ticket fits when`}
              value={parts.any ? 'any' : 'all'}
              data={[
                { value: 'all', label: t`all of these hold` },
                { value: 'any', label: t`one of these holds` },
              ]}
              onChange={(event) => write(event.currentTarget.value === 'any', parts.lines)}
            />
          )}
          {parts.lines.map((one, at) => {
            const number = at + 1;
            const change = (part: Partial<Line>) =>
              write(
                parts.any,
                parts.lines.map((it) => (it.key === one.key ? { ...it, ...part } : it)),
              );
            const field = fields.find(({ name }) => name === one.field);
            return (
              <fieldset
                key={one.key}
                className={classes.condition}
                aria-label={t`Condition ${number}`}
              >
                <NativeSelect
                  aria-label={t`Field of condition ${number}`}
                  value={one.field}
                  data={[
                    { value: '', label: t`text` },
                    ...fields.map(({ name }) => name),
                    ...(one.field && !field ? [one.field] : []),
                  ]}
                  onChange={(event) => change({ field: event.currentTarget.value })}
                />
                <NativeSelect
                  aria-label={t`Whether condition ${number} holds`}
                  value={one.not ? 'not' : 'is'}
                  data={[
                    { value: 'is', label: t`is` },
                    { value: 'not', label: t`is not` },
                  ]}
                  onChange={(event) => change({ not: event.currentTarget.value === 'not' })}
                />
                <Autocomplete
                  aria-label={t`Value of condition ${number}`}
                  placeholder={field?.example}
                  data={field?.values ?? []}
                  value={one.value}
                  onChange={(value) => change({ value })}
                  comboboxProps={{ transitionProps: { duration: 0 } }}
                />
                <Button
                  variant="subtle"
                  color="red"
                  aria-label={t`Remove condition ${number}`}
                  onClick={() =>
                    write(
                      parts.any,
                      parts.lines.filter(({ key }) => key !== one.key),
                    )
                  }
                >
                  <IconTrash size={16} aria-hidden />
                </Button>
              </fieldset>
            );
          })}
          <div>
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              onClick={() => write(parts.any, [...parts.lines, line('status')])}
            >
              <Trans>Add a condition</Trans>
            </Button>
          </div>
        </>
      ) : (
        <p>
          <Trans>This condition has brackets; it is changed as text.</Trans>
        </p>
      )}
      <TextInput
        label={t`Condition`}
        description={t`In the language of the search box, also with OR and brackets. Leave it empty for every ticket.`}
        spellCheck={false}
        value={q}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}
