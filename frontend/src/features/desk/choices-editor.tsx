import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Field, FieldOptionInput } from '@/lib/api';
import classes from './choices-editor.module.css';
import { TextSetting } from './text-setting';

interface ChoicesEditorProps {
  /** Of the field. */
  name: string;
  options: Field['options'];
  onChange: (options: FieldOptionInput[], then?: { onError: () => void }) => void;
}

/** The choices of a field. One that is renamed or no longer offered stays on the tickets that have it. */
export function ChoicesEditor({ name, options, onChange }: ChoicesEditorProps) {
  const { t } = useLingui();
  const [fresh, setFresh] = useState('');
  const put = (at: number, option: FieldOptionInput, then?: { onError: () => void }) =>
    onChange(
      options.map((one, i) => (i === at ? option : one)),
      then,
    );
  const move = (at: number, to: number) => {
    const order = options.filter((_, i) => i !== at);
    const one = options[at];
    if (one) order.splice(to, 0, one);
    onChange(order);
  };
  const add = () => {
    if (!fresh.trim()) return;
    onChange([...options, { label: fresh, active: true }]);
    setFresh('');
  };
  return (
    <fieldset className={classes.choices}>
      <legend>{t`Choices of ${name}`}</legend>
      {options.map((option, at) => {
        const { id, label, active } = option;
        return (
          <Group key={id} gap="xs" mb={4}>
            <TextSetting
              aria-label={t`Name of the choice ${label}`}
              value={label}
              disabled={!active}
              onSave={(next, back) => put(at, { ...option, label: next }, back)}
            />
            <ActionIcon
              variant="default"
              aria-label={t`Move ${label} up`}
              disabled={at === 0}
              onClick={() => move(at, at - 1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              aria-label={t`Move ${label} down`}
              disabled={at === options.length - 1}
              onClick={() => move(at, at + 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            {active ? (
              <ActionIcon
                variant="default"
                aria-label={t`No longer offer ${label}`}
                onClick={() => put(at, { ...option, active: false })}
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
                  onClick={() => put(at, { ...option, active: true })}
                >
                  <Trans>Offer again</Trans>
                </Button>
              </>
            )}
          </Group>
        );
      })}
      <Group gap="xs">
        <TextInput
          aria-label={t`New choice of ${name}`}
          placeholder={t`New choice`}
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
        <Button size="compact-sm" variant="default" disabled={!fresh.trim()} onClick={add}>
          <Trans>Add choice</Trans>
        </Button>
      </Group>
    </fieldset>
  );
}
