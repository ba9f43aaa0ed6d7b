import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Input, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import classes from './sla.module.css';

export const dayKeys = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Day = (typeof dayKeys)[number];
export type Span = { from: string; to: string };
export type Hours = Record<Day, Span[]>;

const names: Record<Day, MessageDescriptor> = {
  monday: msg`Monday`,
  tuesday: msg`Tuesday`,
  wednesday: msg`Wednesday`,
  thursday: msg`Thursday`,
  friday: msg`Friday`,
  saturday: msg`Saturday`,
  sunday: msg`Sunday`,
};

/** The hours with a part more: a break at noon where there is none, or an empty line. */
export function withMore(spans: Span[]): Span[] {
  const last = spans.at(-1);
  if (!last) return [{ from: '09:00', to: '17:00' }];
  if (last.from < '12:00' && last.to > '13:00') {
    return [...spans.slice(0, -1), { ...last, to: '12:00' }, { from: '13:00', to: last.to }];
  }
  return [...spans, last.to <= '13:00' ? { from: '13:00', to: '17:00' } : { from: '', to: '' }];
}

/** The hours of each day; between two spans is a break. */
export function WeekField({
  hours,
  errors,
  onChange,
}: {
  hours: Hours;
  /** What is wrong, by `hours` and `hours.monday`, as the server names it. */
  errors: Record<string, ReactNode>;
  onChange: (day: Day, spans: Span[]) => void;
}) {
  const { t, i18n } = useLingui();
  const id = useId();
  const whole = errors.hours;
  return (
    <div>
      {dayKeys.map((day) => {
        const name = i18n._(names[day]);
        const spans = hours[day];
        const add = () => onChange(day, withMore(spans));
        const error = errors[`hours.${day}`];
        const described = error ? `${id}-${day}` : undefined;
        return (
          <fieldset key={day} className={classes.day} aria-label={name}>
            <span aria-hidden>{name}</span>
            <div className={classes.spans}>
              {spans.length === 0 && (
                <Text size="sm" c="dimmed">
                  <Trans>Nobody works</Trans>
                </Text>
              )}
              {spans.map((span, at) => {
                const number = at + 1;
                const set = (part: Partial<Span>) =>
                  onChange(
                    day,
                    spans.map((s, i) => (i === at ? { ...s, ...part } : s)),
                  );
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
                  <div key={at} className={classes.line}>
                    <TextInput
                      className={classes.clock}
                      aria-label={t`${name}, span ${number}: from`}
                      value={span.from}
                      error={!!error}
                      aria-describedby={described}
                      placeholder="09:00"
                      inputMode="numeric"
                      onChange={(event) => set({ from: event.currentTarget.value })}
                    />
                    <TextInput
                      className={classes.clock}
                      aria-label={t`${name}, span ${number}: to`}
                      value={span.to}
                      error={!!error}
                      aria-describedby={described}
                      placeholder="17:00"
                      inputMode="numeric"
                      onChange={(event) => set({ to: event.currentTarget.value })}
                    />
                    <ActionIcon
                      variant="subtle"
                      color="red"
                      size="lg"
                      aria-label={t`${name}: remove span ${number}`}
                      onClick={() =>
                        onChange(
                          day,
                          spans.filter((_, i) => i !== at),
                        )
                      }
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </div>
                );
              })}
              {error && <Input.Error id={described}>{error}</Input.Error>}
              <div>
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconPlus size={14} />}
                  aria-label={t`${name}: add hours`}
                  onClick={add}
                >
                  <Trans>Add hours</Trans>
                </Button>
              </div>
            </div>
          </fieldset>
        );
      })}
      {whole && <Input.Error role="alert">{whole}</Input.Error>}
    </div>
  );
}
