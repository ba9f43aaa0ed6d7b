import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import { useLingui } from '@lingui/react/macro';
import { Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { PersonSelect } from '@/features/user';
import type { Field, User } from '@/lib/api';
import { useCan } from '@/lib/can';

interface FieldInputProps {
  id?: string;
  field: Field;
  value: unknown;
  /** Called with a whole value: when one leaves a text, at once otherwise. */
  onCommit: (value: unknown) => void;
  error?: string;
  disabled?: boolean;
}

const still = { transitionProps: { duration: 0 } };

/** One of the desk's own fields, asked for in the way of its kind. */
export function FieldInput({ id, field, value, onCommit, error, disabled }: FieldInputProps) {
  const { t } = useLingui();
  const works = useCan('ticket.work');
  const shared = {
    id,
    label: field.name,
    description: field.help || undefined,
    error,
    disabled,
    withAsterisk: field.required === 'create',
  };
  const options = field.options.filter(
    ({ active, label }) =>
      active || label === value || (Array.isArray(value) && value.includes(label)),
  );
  const labels = options.map(({ label }) => label);
  const clear = { 'aria-label': t`Clear` };
  switch (field.kind) {
    case 'checkbox':
      return (
        <Checkbox
          id={id}
          label={field.name}
          description={field.help || undefined}
          error={error}
          disabled={disabled}
          checked={value === true}
          onChange={(event) => onCommit(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <Select
          {...shared}
          searchable
          clearable
          clearButtonProps={clear}
          data={labels}
          value={typeof value === 'string' ? value : null}
          onChange={onCommit}
          comboboxProps={still}
        />
      );
    case 'multi_choice':
      return (
        <MultiSelect
          {...shared}
          searchable
          clearable
          clearButtonProps={clear}
          data={labels}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onCommit}
          comboboxProps={still}
        />
      );
    case 'user': {
      const person = value && typeof value === 'object' ? (value as User) : null;
      // Only those who work on tickets can look through all accounts.
      return works ? (
        <PersonSelect
          {...shared}
          among="people"
          clearable
          clearButtonProps={clear}
          placeholder={t`Nobody`}
          value={person}
          onPick={onCommit}
        />
      ) : (
        <Written
          {...shared}
          placeholder={t`E-mail address`}
          field={field}
          value={person ? person.email : value}
          onCommit={onCommit}
        />
      );
    }
    default:
      return <Written {...shared} field={field} value={value} onCommit={onCommit} />;
  }
}

interface WrittenProps extends FieldInputProps {
  label: string;
  description?: string;
  placeholder?: string;
  withAsterisk: boolean;
}

const types = { date: 'date', url: 'url', user: 'email' } as const;

function Written({ field, value, onCommit, ...rest }: WrittenProps) {
  const shown = value === null || value === undefined ? '' : String(value);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const commit = () => {
    if (text === shown) return;
    if (!text.trim()) onCommit(null);
    else if (field.kind === 'number') onCommit(Number.isNaN(Number(text)) ? text : Number(text));
    else onCommit(text);
  };
  return (
    <TextInput
      {...rest}
      type={types[field.kind as keyof typeof types] ?? 'text'}
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      autoComplete="off"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
