import { msg } from '@lingui/core/macro';
import {
  IconArrowDown,
  IconArrowUp,
  IconCheckbox,
  IconChecks,
  IconChevronRight,
  IconClock,
  IconColumns,
  IconDownload,
  IconListCheck,
  IconSquareX,
} from '@tabler/icons-react';
import { defineCommand } from '@/lib/commands';

/** Moving and selecting in the list of tickets. */
export function defineListCommands(): void {
  defineCommand({
    id: 'list.next',
    group: 'list',
    label: msg`Next ticket`,
    icon: IconArrowDown,
    scope: 'list',
    keys: 'j',
    repeats: true,
    run: ({ list }) => list?.next(),
  });
  defineCommand({
    id: 'list.previous',
    group: 'list',
    label: msg`Previous ticket`,
    icon: IconArrowUp,
    scope: 'list',
    keys: 'k',
    repeats: true,
    run: ({ list }) => list?.previous(),
  });
  defineCommand({
    id: 'list.open',
    group: 'list',
    label: msg`Open the ticket`,
    icon: IconChevronRight,
    scope: 'list',
    keys: 'Enter',
    when: ({ list }) => !!list?.open && !!list.current(),
    run: ({ list }) => list?.open?.(),
  });
  defineCommand({
    id: 'list.select',
    group: 'list',
    label: msg`Select the ticket`,
    icon: IconCheckbox,
    scope: 'list',
    keys: 'x',
    when: ({ list }) => !!list?.toggle,
    run: ({ list }) => list?.toggle?.(),
  });
  defineCommand({
    id: 'list.select-range',
    group: 'list',
    label: msg`Select up to the ticket`,
    icon: IconListCheck,
    scope: 'list',
    keys: 'Shift+x',
    when: ({ list }) => !!list?.toggleRange,
    run: ({ list }) => list?.toggleRange?.(),
  });
  defineCommand({
    id: 'list.select-all',
    group: 'list',
    label: msg`Select all tickets`,
    icon: IconChecks,
    scope: 'list',
    keys: 'mod+a',
    whileTyping: false,
    // Elsewhere it selects text, as everywhere.
    when: ({ list }) => !!list?.selectAll && list.focused(),
    run: ({ list }) => list?.selectAll?.(),
  });
  defineCommand({
    id: 'list.clear-selection',
    group: 'list',
    label: msg`Clear the selection`,
    icon: IconSquareX,
    scope: 'list',
    keys: 'Shift+a',
    when: ({ list }) => !!list?.clearSelection && !!list.selection?.(),
    run: ({ list }) => list?.clearSelection?.(),
  });
  defineCommand({
    id: 'list.export',
    group: 'list',
    label: msg`Export tickets`,
    icon: IconDownload,
    scope: 'global',
    keys: 'Shift+e',
    words: msg`CSV Excel download spreadsheet`,
    when: ({ exports }) => !!exports,
    run: ({ exports }) => exports?.open(),
  });
  defineCommand({
    id: 'list.columns',
    group: 'list',
    label: msg`Choose columns`,
    icon: IconColumns,
    scope: 'list',
    keys: 'Shift+l',
    words: msg`table layout order fields`,
    when: ({ columns }) => !!columns,
    run: ({ columns }) => columns?.choose(),
  });
  defineCommand({
    id: 'list.times',
    group: 'list',
    label: msg`Exact or relative times`,
    icon: IconClock,
    scope: 'list',
    keys: 'Shift+w',
    words: msg`exact relative time date when`,
    when: ({ columns }) => !!columns,
    run: ({ columns }) => columns?.toggleTimes(),
  });
}
