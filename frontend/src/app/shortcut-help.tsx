import { useLingui } from '@lingui/react/macro';
import { Kbd, Modal } from '@mantine/core';
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
    <Modal
      opened
      onClose={onClose}
      title={t`Keys`}
      closeButtonProps={{ 'aria-label': t`Close` }}
      transitionProps={{ duration: 100 }}
    >
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
    </Modal>
  );
}
