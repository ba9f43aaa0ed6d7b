import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { type Column, columnName } from './columns';
import { useFieldColumns } from './field-columns';
import { isFieldSort, type Sort, sorts, type UsualSort } from './search-params';

/** What the orders of a list are called. */
const sortLabels = {
  '-created_at': msg`Newest first`,
  created_at: msg`Oldest first`,
  '-updated_at': msg`Last changed first`,
  updated_at: msg`Longest unchanged first`,
  '-priority': msg`Most pressing first`,
  priority: msg`Least pressing first`,
  status: msg`By status, open first`,
  '-status': msg`By status, closed first`,
  due_at: msg`Due first`,
  '-due_at': msg`Due last`,
  category: msg`By category`,
  '-category': msg`By category, last first`,
  substatus: msg`By finer status`,
  '-substatus': msg`By finer status, last first`,
} satisfies Record<UsualSort, unknown>;

/** What an order is called; columns are those of the desk's own fields. */
export function sortLabel(sort: Sort, columns: readonly Column[], i18n: I18n): string {
  if (!isFieldSort(sort)) return i18n._(sortLabels[sort]);
  const id = sort.replace(/^-/, '');
  const column = columns.find((one) => one.id === id);
  const name = column ? columnName(column, i18n) : id;
  return sort.startsWith('-') ? i18n._(msg`By ${name}, last first`) : i18n._(msg`By ${name}`);
}

/** The orders to choose from: of the desk's own fields the one in use, or all of them. */
export function useSortOptions(current: Sort, i18n: I18n, all = false) {
  const columns = useFieldColumns(all || isFieldSort(current));
  const own = columns.flatMap(({ sort }) => sort ?? []);
  const shown = all
    ? own
    : own.filter((sort) => sort.replace(/^-/, '') === current.replace(/^-/, ''));
  if (isFieldSort(current) && !shown.includes(current)) shown.push(current);
  return [...sorts, ...shown].map((sort) => ({
    value: sort,
    label: sortLabel(sort, columns, i18n),
  }));
}
