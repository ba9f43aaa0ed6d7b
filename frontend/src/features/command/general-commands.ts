import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import {
  IconArrowBackUp,
  IconCloudUp,
  IconCommand,
  IconKeyboard,
  IconLink,
  IconMap2,
  IconPhone,
  IconPlus,
  IconSearch,
} from '@tabler/icons-react';
import { askForWhom } from '@/features/ticket';
import { defineCommand } from '@/lib/commands';
import { openOutbox } from '@/lib/offline/state';
import { announce } from '@/lib/status-line';
import { openTour } from '@/lib/tour';

/** What can be done on every page. */
export function defineGeneralCommands(): void {
  defineCommand({
    id: 'ticket.new',
    group: 'general',
    label: msg`New ticket`,
    words: msg`create report`,
    icon: IconPlus,
    scope: 'global',
    keys: 'c',
    run: ({ global }) => global?.go({ to: '/tickets/new' }),
  });
  defineCommand({
    id: 'ticket.new-for',
    group: 'general',
    label: msg`Ticket for somebody on the phone`,
    words: msg`phone call telephone behalf requester`,
    icon: IconPhone,
    scope: 'global',
    keys: 'Shift+n',
    needs: 'ticket.work',
    run: ({ global }) => {
      askForWhom();
      global?.go({ to: '/tickets/new' });
    },
  });
  defineCommand({
    id: 'search',
    group: 'general',
    label: msg`Search tickets`,
    icon: IconSearch,
    scope: 'global',
    keys: '/',
    when: ({ search }) => !!search,
    run: ({ search }) => search?.focus(),
  });
  defineCommand({
    id: 'palette',
    group: 'general',
    label: msg`Open the command palette`,
    icon: IconCommand,
    scope: 'global',
    keys: 'mod+k',
    unlisted: true,
    run: ({ global }) => global?.openPalette(),
  });
  defineCommand({
    id: 'help',
    group: 'general',
    label: msg`Show the keys`,
    words: msg`shortcuts help keyboard`,
    icon: IconKeyboard,
    scope: 'global',
    keys: '?',
    run: ({ global }) => global?.openHelp(),
  });
  defineCommand({
    id: 'outbox',
    group: 'general',
    label: msg`Show what waits to be sent`,
    words: msg`offline outbox queue unsent`,
    icon: IconCloudUp,
    scope: 'global',
    keys: 'g o',
    run: () => openOutbox(),
  });
  defineCommand({
    id: 'tour',
    group: 'general',
    label: msg`Show the tour`,
    words: msg`help introduction first steps`,
    icon: IconMap2,
    scope: 'global',
    keys: 'g t',
    run: () => openTour(),
  });
  defineCommand({
    id: 'undo',
    group: 'general',
    label: msg`Undo the last change`,
    icon: IconArrowBackUp,
    scope: 'global',
    keys: 'u',
    when: ({ undo }) => !!undo,
    run: ({ undo }) => undo?.run(),
  });
  defineCommand({
    id: 'copy-link',
    group: 'general',
    label: msg`Copy the link to this page`,
    words: msg`address URL share`,
    icon: IconLink,
    scope: 'global',
    keys: 'mod+Shift+l',
    run: () => void copyLink(),
  });
}

async function copyLink(): Promise<void> {
  try {
    // Without HTTPS there is no clipboard to write to.
    await navigator.clipboard.writeText(location.href);
    announce(i18n._(msg`Link copied`));
  } catch {
    announce(i18n._(msg`This browser does not let the app copy. Copy the address instead.`), 'bad');
  }
}
