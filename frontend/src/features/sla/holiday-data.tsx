import '@mantine/core/styles/NumberInput.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, NumberInput } from '@mantine/core';
import Holidays from 'date-holidays';
import { useState } from 'react';
import type { Holiday } from './holiday';
import classes from './sla.module.css';

const data = new Holidays();

/** The public holidays of a place in a year, as a calendar holds them. */
export function publicHolidays(
  country: string,
  state: string,
  region: string,
  year: number,
): Holiday[] {
  const place = new Holidays(country, state, region);
  return place
    .getHolidays(year)
    .filter((h) => h.type === 'public')
    .map((h) => ({ first: h.date.slice(0, 10), last: lastDay(h), name: h.name, hours: [] }));
}

/** Its date is the place's own; what it lasts is told in instants. */
function lastDay(h: { date: string; start: Date; end: Date }): string {
  const days = Math.max(1, Math.round((h.end.getTime() - h.start.getTime()) / 86_400_000));
  const last = new Date(`${h.date.slice(0, 10)}T00:00:00Z`);
  last.setUTCDate(last.getUTCDate() + days - 1);
  return last.toISOString().slice(0, 10);
}

const firstYear = 2000;
const lastYear = 2100;

/** Chooses a place and years, and takes over its public holidays. */
export function CountryHolidays({ onTake }: { onTake: (days: Holiday[]) => void }) {
  const { t, i18n } = useLingui();
  const [country, setCountry] = useState('');
  const [state, setState] = useState('');
  const [region, setRegion] = useState('');
  const [year, setYear] = useState<number | string>(new Date().getFullYear());
  const list = (places: Record<string, string> | undefined, all: string) => [
    { value: '', label: all },
    ...Object.entries(places ?? {})
      .map(([value, label]) => ({ value, label }))
      .sort((a, b) => a.label.localeCompare(b.label, i18n.locale)),
  ];
  const states = country ? data.getStates(country, i18n.locale) : undefined;
  const regions = country && state ? data.getRegions(country, state, i18n.locale) : undefined;
  // While it is typed, a year is empty or a few digits.
  const known = Number(year) >= firstYear && Number(year) <= lastYear;
  const take = () => {
    const from = Number(year);
    const days = [0, 1, 2].flatMap((more) => publicHolidays(country, state, region, from + more));
    onTake(days);
  };
  return (
    <div className={classes.line}>
      <NativeSelect
        label={t`Country`}
        value={country}
        onChange={(event) => {
          setCountry(event.currentTarget.value);
          setState('');
          setRegion('');
        }}
        data={list(data.getCountries(i18n.locale), t`Choose`)}
      />
      {states && (
        <NativeSelect
          label={t({ message: 'State', context: 'part of a country' })}
          value={state}
          onChange={(event) => {
            setState(event.currentTarget.value);
            setRegion('');
          }}
          data={list(states, t`Whole country`)}
        />
      )}
      {regions && (
        <NativeSelect
          label={t`Region`}
          value={region}
          onChange={(event) => setRegion(event.currentTarget.value)}
          data={list(regions, t`Whole state`)}
        />
      )}
      <NumberInput
        label={t`First of three years`}
        min={firstYear}
        max={lastYear}
        allowDecimal={false}
        value={year}
        onChange={setYear}
      />
      <Button variant="default" disabled={!country || !known} onClick={take}>
        <Trans>Add holidays</Trans>
      </Button>
    </div>
  );
}
