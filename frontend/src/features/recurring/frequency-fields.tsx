import { Trans, useLingui } from '@lingui/react/macro';
import { Chip, Group, Input, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { type Frequency, fresh, fromRule, toRule, type Weekday, weekdays } from './frequency';
import classes from './recurring.module.css';
import { useOrdinals, weekdayName } from './words';

interface FrequencyFieldsProps {
  rule: string;
  start: string;
  error?: string;
  onChange: (rule: string) => void;
}

/** Puts together how often something is; rules that have no fields are written. */
export function FrequencyFields({ rule, start, error, onChange }: FrequencyFieldsProps) {
  const { t, i18n } = useLingui();
  const ordinals = useOrdinals();
  const f = fromRule(rule, start);
  const put = (parts: Partial<Frequency>) => onChange(toRule({ ...(f ?? fresh(start)), ...parts }));
  const choose = (value: string) => {
    // A rule that the fields do not know begins as what they say, with a first day of the week.
    if (value === 'own') return onChange(`${rule};WKST=MO`);
    const every = value as Frequency['every'];
    return onChange(toRule({ ...fresh(start), every }));
  };
  return (
    <>
      <div className={classes.parts}>
        <NativeSelect
          label={t`How often`}
          value={f?.every ?? 'own'}
          data={[
            { value: 'DAILY', label: t`Daily` },
            { value: 'WEEKLY', label: t`Weekly` },
            { value: 'MONTHLY', label: t`Monthly` },
            { value: 'YEARLY', label: t`Yearly` },
            { value: 'own', label: t`By a rule of your own` },
          ]}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {f && (
          <NumberInput
            label={
              f.every === 'DAILY'
                ? t`Every so many days`
                : f.every === 'WEEKLY'
                  ? t`Every so many weeks`
                  : f.every === 'MONTHLY'
                    ? t`Every so many months`
                    : t`Every so many years`
            }
            min={1}
            max={366}
            allowDecimal={false}
            value={f.interval}
            error={error}
            onChange={(value) => put({ interval: Number(value) || 1 })}
          />
        )}
      </div>
      {!f && (
        <TextInput
          label={t`Rule`}
          description={t`As in calendars (RFC 5545), for example FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`}
          maxLength={300}
          value={rule}
          error={error}
          onChange={(event) => onChange(event.currentTarget.value.toUpperCase())}
        />
      )}
      {f?.every === 'WEEKLY' && (
        <Input.Wrapper
          label={t`On`}
          component="fieldset"
          labelElement="div"
          className={classes.days}
        >
          <Chip.Group
            multiple
            value={f.weekdays}
            onChange={(value) => put({ weekdays: value as Weekday[] })}
          >
            <Group gap={4} mt={4}>
              {weekdays.map((day) => (
                <Chip key={day} value={day} size="sm" radius="sm">
                  {weekdayName(day, i18n.locale, 'short')}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
      )}
      {f?.every === 'MONTHLY' && (
        <div className={classes.parts}>
          <NativeSelect
            label={t`On`}
            value={f.month}
            data={[
              { value: 'day', label: t`a day of the month` },
              { value: 'weekday', label: t`a weekday of the month` },
            ]}
            onChange={(event) => put({ month: event.currentTarget.value as Frequency['month'] })}
          />
          {f.month === 'day' ? (
            <NativeSelect
              label={t`Day`}
              value={f.day}
              data={[
                ...Array.from({ length: 31 }, (_, at) => String(at + 1)),
                { value: '-1', label: t`last day` },
              ]}
              onChange={(event) => put({ day: Number(event.currentTarget.value) })}
            />
          ) : (
            <>
              <NativeSelect
                label={t`Which one`}
                value={f.nth}
                data={[1, 2, 3, 4, -1].map((nth) => ({
                  value: String(nth),
                  label: ordinals[nth] ?? '',
                }))}
                onChange={(event) => put({ nth: Number(event.currentTarget.value) })}
              />
              <NativeSelect
                label={t`Weekday`}
                value={f.weekday}
                data={weekdays.map((value) => ({
                  value,
                  label: weekdayName(value, i18n.locale, 'long'),
                }))}
                onChange={(event) => put({ weekday: event.currentTarget.value as Weekday })}
              />
            </>
          )}
        </div>
      )}
      {f && (
        <div className={classes.parts}>
          <NativeSelect
            label={t`Ends`}
            value={f.ends}
            data={[
              { value: 'never', label: t`never` },
              { value: 'until', label: t`at a date` },
              { value: 'count', label: t`after a number of times` },
            ]}
            onChange={(event) => {
              const ends = event.currentTarget.value as Frequency['ends'];
              const year = Number(start.slice(0, 4)) + 1;
              put({ ends, until: f.until || `${year}${start.slice(4, 10)}` });
            }}
          />
          {f.ends === 'until' && (
            <TextInput
              type="date"
              label={t`Last day`}
              value={f.until}
              onChange={(event) =>
                event.currentTarget.value && put({ until: event.currentTarget.value })
              }
            />
          )}
          {f.ends === 'count' && (
            <NumberInput
              label={t`Times`}
              min={1}
              max={10000}
              allowDecimal={false}
              value={f.count}
              onChange={(value) => put({ count: Number(value) || 1 })}
            />
          )}
        </div>
      )}
      {f?.every === 'MONTHLY' && f.month === 'day' && f.day > 28 && (
        <p className={classes.hint}>
          <Trans>Months without that day are left out.</Trans>
        </p>
      )}
    </>
  );
}
