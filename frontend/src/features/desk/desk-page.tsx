import '@mantine/core/styles/Tabs.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Tabs, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Page } from '@/ui/page';
import { CategoriesTab } from './categories-tab';
import { FieldsTab } from './fields-tab';
import { StatusesTab } from './statuses-tab';
import { TagsTab } from './tags-tab';

/** What tickets are sorted, asked and found by: one tab for each, searched in one place. */
export function DeskPage() {
  const { t } = useLingui();
  const [search, setSearch] = useState('');
  const typed = search.trim().toLocaleLowerCase();
  return (
    <Page title={t`Ticket setup`}>
      <TextInput
        label={t`Find`}
        type="search"
        mb="md"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Tabs defaultValue="categories" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="categories">
            <Trans>Categories</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="fields">
            <Trans>Fields</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="statuses">
            <Trans>Finer statuses</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="tags">
            <Trans>Tags</Trans>
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="categories" pt="md">
          <CategoriesTab typed={typed} />
        </Tabs.Panel>
        <Tabs.Panel value="fields" pt="md">
          <FieldsTab typed={typed} />
        </Tabs.Panel>
        <Tabs.Panel value="statuses" pt="md">
          <StatusesTab typed={typed} />
        </Tabs.Panel>
        <Tabs.Panel value="tags" pt="md">
          <TagsTab typed={typed} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
