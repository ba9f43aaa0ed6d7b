import { msg } from '@lingui/core/macro';
import { IconCornerUpLeft, IconLock, IconSend, IconSend2 } from '@tabler/icons-react';
import { defineCommand } from '@/lib/commands';

/** Answering: what the box below the conversation lets one do. */
export function defineWriteCommands(): void {
  defineCommand({
    id: 'write.reply',
    group: 'write',
    label: msg`Reply to the requester`,
    words: msg`comment answer write`,
    icon: IconCornerUpLeft,
    scope: 'composer',
    keys: 'r',
    when: ({ composer }) => !!composer?.reply,
    run: ({ composer }) => composer?.reply?.(),
  });
  defineCommand({
    id: 'write.note',
    group: 'write',
    label: msg`Write an internal note`,
    icon: IconLock,
    scope: 'composer',
    keys: 'n',
    needs: 'note.write',
    when: ({ composer }) => !!composer?.note,
    run: ({ composer }) => composer?.note?.(),
  });
  defineCommand({
    id: 'write.send',
    group: 'write',
    label: msg`Send what I wrote`,
    icon: IconSend,
    scope: 'composer',
    keys: 'mod+Enter',
    when: ({ composer }) => !!composer?.send,
    run: ({ composer }, { by }) => {
      // The key sends only what one is looking at.
      if (by !== 'key' || composer?.focused()) composer?.send?.();
    },
  });
  defineCommand({
    id: 'write.send-resolve',
    group: 'write',
    label: msg`Send and resolve the ticket`,
    icon: IconSend2,
    scope: 'composer',
    keys: 'mod+Shift+Enter',
    when: ({ composer }) => !!composer?.sendAndResolve,
    run: ({ composer }, { by }) => {
      if (by !== 'key' || composer?.focused()) composer?.sendAndResolve?.();
    },
  });
}
