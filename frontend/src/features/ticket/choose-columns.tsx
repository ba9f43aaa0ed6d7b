import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group } from '@mantine/core';
import { useState } from 'react';
import { useMe } from '@/lib/session';
import { ArrangeList } from '@/ui/arrange-list';
import { Dialog } from '@/ui/dialog';
import { type ColumnChoice, useColumns } from './column-choice';
import { allColumns, type Column, columnName } from './columns';
import { useFieldColumns } from './field-columns';
import type { QueueSearch } from './search-params';
import { askAboutViews } from './views';

/** All columns somebody may see: those that are shown first, in their order. */
function offered(
  { columns }: Pick<ColumnChoice, 'columns'>,
  permissions: readonly string[],
  fields: readonly Column[],
  brief: boolean,
) {
  const others = [...allColumns, ...fields].filter(
    (column) => !columns.includes(column) && (!column.needs || permissions.includes(column.needs)),
  );
  return [...columns, ...others].filter(({ usual }) => !brief || !usual);
}

interface ChooseColumnsProps {
  search: QueueSearch;
  onClose: () => void;
  /** There is no room for a table: what is chosen stands below the usual parts of each row. */
  brief?: boolean;
}

/** Chooses the columns of the list and their order; the list follows at once. */
export function ChooseColumns({ search, onClose, brief = false }: ChooseColumnsProps) {
  const { t, i18n } = useLingui();
  const permissions = useMe().permissions ?? [];
  const choice = useColumns(search);
  const { columns, view, changed, choose } = choice;
  // While the dialog is open, what is taken away stays where it was.
  const fields = useFieldColumns(true);
  const [order, setOrder] = useState(() => offered(choice, permissions, fields, brief));
  const [seen, setSeen] = useState(fields);
  if (seen !== fields) {
    // They have just come: at the end, so that nothing jumps.
    setSeen(fields);
    const missing = fields.filter((field) => !order.some(({ id }) => id === field.id));
    setOrder([...order, ...missing]);
  }
  const [reset, setReset] = useState(false);
  if (reset) {
    setReset(false);
    setOrder(offered(choice, permissions, fields, brief));
  }

  const show = (next: readonly Column[], isShown: (column: Column) => boolean) => {
    setOrder([...next]);
    const kept = brief ? columns.filter(({ usual }) => usual) : [];
    choose([...kept, ...next.filter(isShown)].map(({ id }) => id));
  };
  const move = (column: Column, to: number) => {
    const rest = order.filter((one) => one !== column);
    show([...rest.slice(0, to), column, ...rest.slice(to)], (one) => columns.includes(one));
  };
  const toggle = (column: Column) =>
    show(order, (one) => (one === column) !== columns.includes(one));
  return (
    <Dialog
      title={brief ? t`Choose what each ticket shows` : t`Choose columns`}
      size="md"
      onClose={onClose}
    >
      <ArrangeList
        items={order}
        keyOf={({ id }) => id}
        nameOf={(column) => columnName(column, i18n)}
        onMove={move}
        hint={t`The list follows at once. Drag, or use Alt with the arrow keys.`}
      >
        {(column) => (
          <Checkbox
            flex={1}
            label={columnName(column, i18n)}
            checked={columns.includes(column)}
            disabled={column.fixed}
            onChange={() => toggle(column)}
          />
        )}
      </ArrangeList>
      {view && (
        <p>
          <Trans>
            The view “{view.name}” has columns of its own. Save it to keep what you change.
          </Trans>
        </p>
      )}
      <Group mt="md">
        {view && changed && (
          <Button
            onClick={() => {
              onClose();
              askAboutViews({ about: 'save', search });
            }}
          >
            <Trans>Save view</Trans>
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            choose(null);
            setReset(true);
          }}
        >
          <Trans>Reset</Trans>
        </Button>
      </Group>
    </Dialog>
  );
}
