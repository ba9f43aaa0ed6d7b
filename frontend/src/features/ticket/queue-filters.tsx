import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Chip, NativeSelect } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useState } from 'react';
import { useCan } from '@/lib/can';
import { CommandButton } from '@/lib/commands';
import { AssigneePicker } from './assignee-picker';
import { priorities, priorityKeys, statuses, statusKeys } from './labels';
import classes from './queue-filters.module.css';
import { defaultSort, isFiltered, type QueueSearch, type Sort } from './search-params';
import { useSortOptions } from './sort-labels';

interface Props {
  search: QueueSearch;
  /** Changes the URL; what is undefined disappears from it. */
  onChange: (change: Partial<QueueSearch>) => void;
}

export function QueueFilters({ search, onChange }: Props) {
  const { t, i18n } = useLingui();
  const [unfolded, setUnfolded] = useState(false);
  const works = useCan('ticket.queue');
  const orders = useSortOptions(search.sort ?? defaultSort, i18n);
  const folded = unfolded ? '' : ` ${classes.folded}`;
  return (
    <form
      className={classes.bar}
      aria-label={t`Filter tickets`}
      onSubmit={(event) => event.preventDefault()}
    >
      <Button
        className={classes.toggle}
        variant="default"
        leftSection={<IconAdjustments size={16} />}
        aria-expanded={unfolded}
        onClick={() => setUnfolded(!unfolded)}
      >
        <Trans>Filters</Trans>
      </Button>
      <Choices
        className={folded}
        legend={t`Status`}
        keys={statusKeys}
        label={(key) => i18n._(statuses[key].label)}
        value={search.status}
        onChange={(status) => onChange({ status })}
      />
      <Choices
        className={folded}
        legend={t`Priority`}
        keys={priorityKeys}
        label={(key) => i18n._(priorities[key].label)}
        value={search.priority}
        onChange={(priority) => onChange({ priority })}
      />
      <div className={`${classes.right}${folded}`}>
        {works && search.view !== 'mine' && search.view !== 'unassigned' && (
          <AssigneePicker
            aria-label={t`Assignee`}
            placeholder={t`Any assignee`}
            w={190}
            value={search.assignee ?? null}
            onPick={(person) => onChange({ assignee: person ? String(person.id) : undefined })}
          />
        )}
        <NativeSelect
          aria-label={t`Sort`}
          value={search.sort ?? defaultSort}
          onChange={(event) => {
            const sort = event.currentTarget.value as Sort;
            onChange({ sort: sort === defaultSort ? undefined : sort });
          }}
          data={orders}
        />
        {(isFiltered(search) || search.sort) && (
          <CommandButton id="view.save" size="sm">
            <Trans>Save view</Trans>
          </CommandButton>
        )}
        {isFiltered(search) && (
          <Button
            variant="subtle"
            onClick={() =>
              onChange({
                status: undefined,
                priority: undefined,
                assignee: undefined,
                q: undefined,
              })
            }
          >
            <Trans>Clear filters</Trans>
          </Button>
        )}
      </div>
    </form>
  );
}

function Choices<K extends string>(props: {
  className: string;
  legend: string;
  keys: readonly K[];
  label: (key: K) => string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const { className, legend, keys, label, value, onChange } = props;
  const chosen = value ? value.split(',') : [];
  return (
    <fieldset className={`${classes.group}${className}`} aria-label={legend}>
      <Chip.Group
        multiple
        value={chosen}
        onChange={(next) =>
          onChange(keys.filter((key) => next.includes(key)).join(',') || undefined)
        }
      >
        {keys.map((key) => (
          <Chip key={key} value={key} size="xs" variant="outline">
            {label(key)}
          </Chip>
        ))}
      </Chip.Group>
    </fieldset>
  );
}
