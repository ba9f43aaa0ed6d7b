import '@mantine/core/styles/Tabs.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '@/ui/page';
import { DomainsTab } from './domains-tab';
import { MailboxesTab } from './mailboxes-tab';
import { MessagesTab } from './messages-tab';
import type { MailTab } from './search-params';
import { SentTab } from './sent-tab';
import { TextsTab } from './texts-tab';
import { TryTab } from './try-tab';

/** Mail: what came and what became of it, and where it comes from. */
export function MailPage() {
  const { t } = useLingui();
  const { tab = 'messages' } = useSearch({ from: '/app/mail' });
  const navigate = useNavigate({ from: '/mail' });
  return (
    <Page title={t`Mail`}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          void navigate({
            search: { tab: next === 'messages' ? undefined : (next as MailTab) },
          })
        }
      >
        <Tabs.List>
          <Tabs.Tab value="messages">
            <Trans>Messages</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="sent">
            <Trans>Sent</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="mailboxes">
            <Trans>Mailboxes</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="texts">
            <Trans>Texts</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="domains">
            <Trans>Domains</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="try">
            <Trans>Try a message</Trans>
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="messages" pt="md">
          <MessagesTab />
        </Tabs.Panel>
        <Tabs.Panel value="mailboxes" pt="md">
          <MailboxesTab />
        </Tabs.Panel>
        <Tabs.Panel value="sent" pt="md">
          <SentTab />
        </Tabs.Panel>
        <Tabs.Panel value="texts" pt="md">
          <TextsTab />
        </Tabs.Panel>
        <Tabs.Panel value="domains" pt="md">
          <DomainsTab />
        </Tabs.Panel>
        <Tabs.Panel value="try" pt="md">
          <TryTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
