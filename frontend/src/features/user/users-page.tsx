import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconBan, IconCircleCheck, IconSearch, IconUserPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Account } from '@/lib/api';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { Pager } from '@/ui/pager';
import { Person } from '@/ui/person';
import { Pill } from '@/ui/pill';
import { RelativeTime } from '@/ui/relative-time';
import { EmptyState, Fetched, SkeletonRows } from '@/ui/states';
import { VirtualList } from '@/ui/virtual-list';
import { useUsers } from './api';
import { roles } from './labels';
import { type Role, roleKeys, type UsersSearch, usersPageSize } from './search-params';
import classes from './users-page.module.css';

/** Everybody who has an account. */
export function UsersPage() {
  const { t, i18n } = useLingui();
  const search = useSearch({ from: '/app/users' });
  const navigate = useNavigate({ from: '/users' });
  const users = useUsers(search);
  const change = (part: Partial<UsersSearch>, replace = false) =>
    void navigate({
      search: (now) => ({ ...now, page: undefined, cursor: undefined, ...part }),
      replace,
      resetScroll: !replace,
    });
  const find = useDebouncedCallback(
    (text: string) => change({ search: text || undefined }, true),
    250,
  );
  return (
    <Page
      title={t`Users`}
      width="wide"
      actions={
        <LinkButton to="/users/new" leftSection={<IconUserPlus size={16} />}>
          <Trans>New user</Trans>
        </LinkButton>
      }
    >
      <form
        role="search"
        className={classes.filters}
        aria-label={t`Filter users`}
        onSubmit={(event) => event.preventDefault()}
      >
        <TextInput
          type="search"
          aria-label={t`Search users`}
          placeholder={t`Search name or e-mail`}
          leftSection={<IconSearch size={16} />}
          defaultValue={search.search}
          onChange={(event) => find(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label={t`Role`}
          value={search.role ?? ''}
          onChange={(event) => change({ role: (event.currentTarget.value as Role) || undefined })}
          data={[
            { value: '', label: t`Any role` },
            ...roleKeys.map((value) => ({ value, label: i18n._(roles[value]) })),
          ]}
        />
        <NativeSelect
          aria-label={t`State`}
          value={search.active ?? ''}
          onChange={(event) =>
            change({ active: (event.currentTarget.value as 'yes' | 'no') || undefined })
          }
          data={[
            { value: '', label: t`Active and inactive` },
            { value: 'yes', label: t`Active` },
            { value: 'no', label: t`Inactive` },
          ]}
        />
      </form>
      <Fetched query={users} skeleton={<SkeletonRows rows={10} height={45} />}>
        {(slice) =>
          slice.results.length === 0 ? (
            <EmptyState title={t`No user matches`} />
          ) : (
            <div aria-busy={users.isPlaceholderData}>
              <VirtualList
                key={`${search.page ?? ''}${search.cursor ?? ''}`}
                label={t`Users`}
                items={slice.results}
                keyOf={(account) => account.id}
                estimate={45}
              >
                {(account) => <UserRow account={account} />}
              </VirtualList>
              <Pager
                slice={slice}
                at={search}
                size={usersPageSize}
                onMove={(to) => change({ page: to.page, cursor: to.cursor })}
              />
            </div>
          )
        }
      </Fetched>
    </Page>
  );
}

function UserRow({ account }: { account: Account }) {
  const { i18n } = useLingui();
  return (
    <Link to="/users/$userId" params={{ userId: String(account.id) }} className={classes.row}>
      <span className={classes.name}>
        <Person person={account} />
      </span>
      <span className={`${classes.cell} ${classes.mail}`}>{account.email}</span>
      <span className={classes.cell}>{i18n._(roles[account.role])}</span>
      <span>
        <ActivePill active={account.is_active} />
      </span>
      <span className={`${classes.cell} ${classes.seen}`}>
        {account.last_login_at ? (
          <RelativeTime iso={account.last_login_at} />
        ) : (
          <Trans>never</Trans>
        )}
      </span>
    </Link>
  );
}

export function ActivePill({ active }: { active: boolean }) {
  return active ? (
    <Pill tone="green" icon={<IconCircleCheck size={14} />}>
      <Trans>Active</Trans>
    </Pill>
  ) : (
    <Pill tone="grey" icon={<IconBan size={14} />}>
      <Trans>Inactive</Trans>
    </Pill>
  );
}
