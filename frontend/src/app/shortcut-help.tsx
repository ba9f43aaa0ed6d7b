import { useLingui } from '@lingui/react/macro';
import { Kbd } from '@mantine/core';
import { Dialog } from '@/ui/dialog';
import classes from './shortcut-help.module.css';

/** Every key, and what it does. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const keys: [string, string][] = [
    ['/', t`Search tickets`],
    ['c', t`New ticket`],
    ['j', t`Next in the list`],
    ['k', t`Previous in the list`],
    ['Enter', t`Open what has the focus`],
    ['r', t`Write a comment`],
    ['Ctrl + Enter', t`Send the comment`],
    ['?', t`Show the keys`],
  ];
  return (
    <Dialog title={t`Keys`} onClose={onClose}>
      <table className={classes.table}>
        <tbody>
          {keys.map(([key, what]) => (
            <tr key={key}>
              <th scope="row">{what}</th>
              <td>
                <Kbd>{key}</Kbd>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
