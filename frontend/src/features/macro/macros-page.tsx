import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Macro } from '@/lib/api';
import { listMacrosOptions } from '@/lib/api/@tanstack/react-query.gen';
import { useCan } from '@/lib/can';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { offerUndo } from '@/lib/undo';
import { Page } from '@/ui/page';
import { EmptyState, Fetched } from '@/ui/states';
import { useDeleteMacro, useRestoreMacro } from './api';
import classes from './macro.module.css';
import { MacroForm } from './macro-form';

/** One's macros, and those that are shared with one. */
export function MacrosPage() {
  const { t } = useLingui();
  const manages = useCan('macro.manage');
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<Macro | 'new' | null>(null);
  const query = useQuery(listMacrosOptions(all ? { query: { scope: 'all' } } : undefined));
  return (
    <Page
      title={t`Macros`}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
          <Trans>New macro</Trans>
        </Button>
      }
    >
      <p>
        <Trans>
          Prepared answers and what goes with them. On a ticket, M uses one; in the box for an
          answer, a semicolon and its name.
        </Trans>
      </p>
      {manages && (
        <Switch
          mb="sm"
          label={t`Also those that are shared with others`}
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      )}
      <Fetched query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState title={t`No macros yet`}>
              <Trans>Make one of the answer that you write most often.</Trans>
            </EmptyState>
          ) : (
            <ul className={classes.list}>
              {results.map((macro) => (
                <Row key={macro.id} macro={macro} onOpen={() => setOpen(macro)} />
              ))}
            </ul>
          )
        }
      </Fetched>
      {open && (
        <MacroForm macro={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}

function Row({ macro, onOpen }: { macro: Macro; onOpen: () => void }) {
  const { t } = useLingui();
  const remove = useDeleteMacro();
  const restore = useRestoreMacro();
  const { name } = macro;
  const who = macro.team
    ? macro.team.name
    : macro.shared_with === 'it_staff'
      ? t`All IT staff`
      : macro.shared_with === 'admin'
        ? t`Administrators`
        : t`Only me`;
  const parts = [
    who,
    ...(macro.content ? [macro.kind === 'note' ? t`note` : t`reply`] : []),
    ...(macro.actions.length > 0
      ? [t`${plural(macro.actions.length, { one: '# action', other: '# actions' })}`]
      : []),
  ];
  return (
    <li className={classes.row}>
      <div className={classes.main}>
        <b>{name}</b>
        <p>{parts.join(' · ')}</p>
      </div>
      {macro.can.update && (
        <Button size="compact-sm" variant="default" aria-label={t`Change ${name}`} onClick={onOpen}>
          <Trans>Change</Trans>
        </Button>
      )}
      {macro.can.delete && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t`Delete ${name}`}
          onClick={() =>
            remove.mutate(macro, {
              onSuccess: () =>
                offerUndo({
                  message: t`“${name}” deleted`,
                  undo: () => restore.mutateAsync(macro.id),
                }),
              onError: (error) => announce(explain(error), 'bad'),
            })
          }
        >
          <Trans>Delete</Trans>
        </Button>
      )}
    </li>
  );
}
