import { Trans, useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { allCommands, contexts, groups, isPermitted, Keys, keysOf } from '@/lib/commands';
import { useSingleKeys } from '@/lib/shortcuts';
import { Dialog } from '@/ui/dialog';
import { groupNames } from './group-names';
import classes from './key-help.module.css';

/** Every key, and what it does, from the registry. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui();
  const [singleKeys] = useSingleKeys();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLocaleLowerCase(i18n.locale);
  const now = contexts();
  const lines = allCommands()
    .filter((command) => keysOf(command).length > 0 && isPermitted(command, now))
    .map((command) => ({ command, label: i18n._(command.label) }))
    .filter(({ label }) => label.toLocaleLowerCase(i18n.locale).includes(wanted));
  return (
    <Dialog title={t`Keys`} size="xl" onClose={onClose}>
      <TextInput
        aria-label={t`Find a key`}
        placeholder={t`Find a key`}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
        data-autofocus
      />
      {!singleKeys && (
        <p className={classes.hint}>
          <Trans>Single keys are switched off in your profile.</Trans>
        </p>
      )}
      <div className={classes.columns}>
        {groups.map((group) => {
          const inGroup = lines.filter(({ command }) => command.group === group);
          if (inGroup.length === 0) return null;
          return (
            <table key={group} className={classes.table}>
              <caption>{i18n._(groupNames[group])}</caption>
              <tbody>
                {inGroup.map(({ command, label }) => (
                  <tr key={command.id} data-command={command.id}>
                    <th scope="row">{label}</th>
                    <td>
                      {keysOf(command).map((keys) => (
                        <Keys key={keys} keys={keys} />
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        })}
      </div>
      {lines.length === 0 && (
        <p className={classes.hint} role="status">
          <Trans>No key of that name</Trans>
        </p>
      )}
    </Dialog>
  );
}
