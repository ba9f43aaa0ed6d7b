import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Input, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { FieldOptionInput } from '@/lib/api';
import classes from './choices-editor.module.css';
import { TextSetting } from './text-setting';
import type { Saving } from './write';

interface ChoicesEditorProps {
  /** Of the field. */
  name: string;
  /** Those on their way have no id yet. */
  options: FieldOptionInput[];
  onChange: (list: (options: FieldOptionInput[]) => FieldOptionInput[]) => Saving;
}

/** Why a choice was not taken: an old one by its id, or a new one. */
interface Refusal {
  id: number | null;
  why: string;
}

/** The choices of a field. One that is renamed or no longer offered stays on the tickets that have it. */
export function ChoicesEditor({ name, options, onChange }: ChoicesEditorProps) {
  const { t } = useLingui();
  const [fresh, setFresh] = useState('');
  const [refused, setRefused] = useState<Refusal | null>(null);
  const known = (label: string) => options.some((one) => one.id && one.label === label);
  const put = (id: number | undefined, what: Partial<FieldOptionInput>) =>
    onChange((list) => list.map((one) => (one.id === id ? { ...one, ...what } : one)));
  const tell = async (id: number | undefined, saving: Saving) => {
    setRefused(null);
    const why = await saving;
    if (id && why) setRefused({ id, why });
  };
  const move = (id: number | undefined, by: number) =>
    onChange((list) => {
      const one = list.find((other) => other.id === id);
      if (!one) return list;
      const order = list.filter((other) => other !== one);
      order.splice(Math.max(0, list.indexOf(one) + by), 0, one);
      return order;
    });
  const add = async () => {
    const label = fresh.trim();
    if (!label) return;
    // The next one can be typed at once; one that is refused comes back where there is room for it.
    setFresh('');
    setRefused(null);
    const why = await onChange((list) => [...list, { label, active: true }]);
    if (!why) return;
    setFresh((next) => next || label);
    setRefused({ id: null, why: `${label}: ${why}` });
  };
  return (
    <fieldset className={classes.choices}>
      <legend>{t`Choices of ${name}`}</legend>
      {options.map((option, at) => {
        const { id, label, active } = option;
        if (!id) {
          // It is there already when only the rest of the page is still asked for.
          return known(label) ? null : (
            // biome-ignore lint/suspicious/noArrayIndexKey: without an id, its place is all it has.
            <Text key={`new ${at}`} size="sm" c="dimmed" mb={4}>
              {label}
            </Text>
          );
        }
        return (
          <div key={id}>
            <Group gap="xs" mb={4}>
              <TextSetting
                aria-label={t`Name of the choice ${label}`}
                value={label}
                disabled={!active}
                onSave={(next) => put(id, { label: next })}
              />
              <ActionIcon
                variant="default"
                aria-label={t`Move ${label} up`}
                disabled={at === 0}
                onClick={() => tell(id, move(id, -1))}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="default"
                aria-label={t`Move ${label} down`}
                disabled={at === options.length - 1}
                onClick={() => tell(id, move(id, 1))}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
              {active ? (
                <ActionIcon
                  variant="default"
                  aria-label={t`No longer offer ${label}`}
                  onClick={() => tell(id, put(id, { active: false }))}
                >
                  <IconX size={16} />
                </ActionIcon>
              ) : (
                <>
                  <Text size="sm" c="dimmed">
                    <Trans>no longer offered</Trans>
                  </Text>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t`Offer ${label} again`}
                    onClick={() => tell(id, put(id, { active: true }))}
                  >
                    <Trans>Offer again</Trans>
                  </Button>
                </>
              )}
            </Group>
            {refused?.id === id && <Input.Error mb={4}>{refused.why}</Input.Error>}
          </div>
        );
      })}
      <Group gap="xs" align="start">
        <TextInput
          aria-label={t`New choice of ${name}`}
          placeholder={t`New choice`}
          value={fresh}
          error={refused && refused.id === null ? refused.why : undefined}
          onChange={(event) => setFresh(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') void add();
          }}
        />
        <Button size="compact-sm" variant="default" disabled={!fresh.trim()} onClick={add}>
          <Trans>Add choice</Trans>
        </Button>
      </Group>
    </fieldset>
  );
}
