import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useQuery } from '@tanstack/react-query';
import type { Field } from '@/lib/api';
import { listFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { type Column, fieldColumn } from './columns';

const none: readonly Column[] = [];
/** One array for one answer, so that rows are rendered anew only when fields change. */
const known = new WeakMap<readonly Field[], readonly Column[]>();

function columnsOf(fields: readonly Field[]): readonly Column[] {
  const before = known.get(fields);
  if (before) return before;
  const columns = fields
    .filter(({ archived }) => !archived)
    .map((field) => fieldColumn(field, (value, i18n) => fieldText(value, field.kind, i18n)));
  known.set(fields, columns);
  return columns;
}

/** The columns of the desk's own fields; asked for only where somebody wants to see them. */
export function useFieldColumns(wanted: boolean): readonly Column[] {
  const { data } = useQuery({ ...listFieldsOptions(), staleTime: 5 * 60_000, enabled: wanted });
  return data ? columnsOf(data.fields) : none;
}

/** A value of a field in one line. */
export function fieldText(value: unknown, kind: Field['kind'], i18n: I18n): string {
  if (value === undefined || value === null || value === false) return '';
  if (value === true) return i18n._(msg`Yes`);
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object') {
    const { full_name, username } = value as { full_name?: string; username?: string };
    return full_name || username || '';
  }
  if (kind === 'number' && typeof value === 'number') {
    return new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 6 }).format(value);
  }
  // A day is one everywhere; at midnight UTC it would be another in half of the world.
  if (kind === 'date' && typeof value === 'string') {
    const day = new Date(`${value}T00:00:00Z`);
    if (!Number.isNaN(day.getTime())) {
      return day.toLocaleDateString(i18n.locale, { dateStyle: 'medium', timeZone: 'UTC' });
    }
  }
  return String(value);
}
