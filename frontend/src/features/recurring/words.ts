import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { type Frequency, fromRule, type Weekday, weekdays } from './frequency';

/** The name of a day of the week. */
export function weekdayName(day: Weekday, locale: string, style: 'long' | 'short'): string {
  // The fifth of January 2026 is a Monday.
  const date = new Date(Date.UTC(2026, 0, 5 + weekdays.indexOf(day)));
  return date.toLocaleDateString(locale, { weekday: style, timeZone: 'UTC' });
}

/** The positions of a weekday within a month. */
export function useOrdinals(): Record<number, string> {
  const { t } = useLingui();
  return { 1: t`first`, 2: t`second`, 3: t`third`, 4: t`fourth`, [-1]: t`last` };
}

/** Says to people how often a rule is. */
export function useSaid(): (rule: string, start: string) => string {
  const { t, i18n } = useLingui();
  const ordinals = useOrdinals();
  const long = (f: Frequency): string => {
    const n = f.interval;
    if (f.every === 'DAILY') return t`${plural(n, { one: 'Every day', other: 'Every # days' })}`;
    if (f.every === 'YEARLY') return t`${plural(n, { one: 'Every year', other: 'Every # years' })}`;
    if (f.every === 'WEEKLY') {
      const weeks = t`${plural(n, { one: 'Every week', other: 'Every # weeks' })}`;
      const names = f.weekdays.map((day) => weekdayName(day, i18n.locale, 'short'));
      return names.length > 0 ? `${weeks}: ${names.join(', ')}` : weeks;
    }
    const months = t`${plural(n, { one: 'Every month', other: 'Every # months' })}`;
    const { day } = f;
    if (f.month === 'day') return `${months}: ${day < 0 ? t`last day` : t`day ${day}`}`;
    return `${months}: ${ordinals[f.nth] ?? f.nth} ${weekdayName(f.weekday, i18n.locale, 'long')}`;
  };
  return (rule, start) => {
    const f = fromRule(rule, start);
    return f ? long(f) : rule;
  };
}
