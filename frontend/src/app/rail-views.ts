import { useLingui } from '@lingui/react/macro';
import { IconFilter } from '@tabler/icons-react';
import { createElement } from 'react';
import { useViewCounts, useViews, type ViewCount, viewSearch } from '@/features/ticket';
import type { Item } from './rail-item';
import classes from './shell.module.css';

/** A look for each emoji, the same one each time, as React wants it. */
const emojis = new Map<string, Item['icon']>();

function iconOf(emoji: string): Item['icon'] {
  if (!emoji) return IconFilter;
  const known = emojis.get(emoji);
  if (known) return known;
  const Emoji = () =>
    createElement('span', { className: classes.emoji, 'aria-hidden': true }, emoji);
  emojis.set(emoji, Emoji);
  return Emoji;
}

/** More than this is not counted out in the rail. */
const most = 999;

/** "12", "999+" beyond what is worth counting, "37+" when not all was looked at. */
export function useCountText(): (count: ViewCount | undefined) => string {
  const { i18n } = useLingui();
  const number = new Intl.NumberFormat(i18n.locale);
  return (count) => {
    if (!count || (count.count === 0 && count.exact)) return '';
    if (count.count > most) return `${number.format(most)}+`;
    return number.format(count.count) + (count.exact ? '' : '+');
  };
}

/** The saved views of the rail. */
export function useViewItems(current: string | undefined): Item[] {
  const counts = useViewCounts();
  const text = useCountText();
  return useViews().map((view) => ({
    key: `view-${view.id}`,
    label: view.name,
    icon: iconOf(view.icon),
    link: { to: '/tickets', search: viewSearch(view) },
    current: current === String(view.id),
    count: text(counts.get(String(view.id))),
  }));
}
