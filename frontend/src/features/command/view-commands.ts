import { msg } from '@lingui/core/macro';
import { IconArrowsSort, IconBookmark } from '@tabler/icons-react';
import { askAboutViews, lastQueue } from '@/features/ticket';
import { defineCommand } from '@/lib/commands';

/** Saved views: keeping what the list shows, and looking after them. */
export function defineViewCommands(): void {
  defineCommand({
    id: 'view.save',
    group: 'list',
    label: msg`Save the list as a view`,
    words: msg`filter search bookmark share`,
    icon: IconBookmark,
    scope: 'list',
    keys: 'Shift+v',
    run: () => askAboutViews({ about: 'save', search: lastQueue() }),
  });
  defineCommand({
    id: 'view.arrange',
    group: 'go',
    label: msg`Arrange views`,
    words: msg`edit delete order rail`,
    icon: IconArrowsSort,
    scope: 'global',
    keys: 'g v',
    run: () => askAboutViews({ about: 'arrange' }),
  });
}
