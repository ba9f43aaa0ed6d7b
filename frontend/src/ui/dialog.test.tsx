import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type ReactNode, useState } from 'react';
import { expect, it } from 'vitest';
import { Dialog } from './dialog';

function Opener({
  once,
  keep,
  children,
}: {
  once?: boolean;
  keep?: boolean;
  children?: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      {!(once && used) && (
        <button
          type="button"
          onClick={() => {
            setOpen(true);
            setUsed(true);
          }}
        >
          Open
        </button>
      )}
      <button type="button">Elsewhere</button>
      {open && (
        <Dialog title="A dialog" keep={keep} onClose={close}>
          {children?.(close)}
          <input aria-label="Name" data-autofocus />
        </Dialog>
      )}
    </>
  );
}

async function open(page: ReactNode) {
  const user = userEvent.setup();
  render(
    <I18nProvider i18n={i18n}>
      <MantineProvider env="test">{page}</MantineProvider>
    </I18nProvider>,
  );
  await user.click(screen.getByText('Open'));
  await waitFor(() => expect(screen.getByLabelText('Name')).toHaveFocus());
  return user;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

it('gives the focus back to what opened it', async () => {
  const user = await open(<Opener />);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await waitFor(() => expect(screen.getByText('Open')).toHaveFocus());
});

it('leaves the focus to what was given it while it closed', async () => {
  const user = await open(
    <Opener>
      {(close) => (
        <button
          type="button"
          onClick={() => {
            close();
            screen.getByText('Elsewhere').focus();
          }}
        >
          Done
        </button>
      )}
    </Opener>,
  );
  await user.click(screen.getByText('Done'));
  await settled();
  expect(screen.getByText('Elsewhere')).toHaveFocus();
});

it('gives the focus to nothing that is gone', async () => {
  const user = await open(<Opener once />);
  await user.keyboard('{Escape}');
  await settled();
  expect(document.body).toHaveFocus();
});

it('asks before what was typed is thrown away', async () => {
  const user = await open(<Opener keep />);
  await user.keyboard('{Escape}'); // nothing was typed
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

  await user.click(screen.getByText('Open'));
  await user.type(screen.getByLabelText('Name'), 'Printers');
  await user.keyboard('{Escape}');
  expect(screen.getByRole('alert')).toHaveTextContent('What you entered is not saved.');
  expect(screen.getByRole('button', { name: 'Go on editing' })).toHaveFocus();

  await user.keyboard('{Escape}'); // goes on
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByLabelText('Name')).toHaveFocus();
  expect(screen.getByLabelText('Name')).toHaveValue('Printers');

  await user.click(screen.getByRole('button', { name: 'Close' }));
  await user.click(screen.getByRole('button', { name: 'Throw it away' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

function Lines() {
  const [lines, setLines] = useState(['first']);
  return (
    <>
      {lines.map((line) => (
        <input key={line} aria-label={line} defaultValue={line} />
      ))}
      <button type="button" onClick={() => setLines(['first', 'second'])}>
        Add
      </button>
      <button type="button" onClick={() => setLines(['first'])}>
        Remove
      </button>
    </>
  );
}

it('asks also when nothing was typed but a line was added, and not when it is gone again', async () => {
  const user = await open(<Opener keep>{() => <Lines />}</Opener>);
  await user.click(screen.getByText('Add'));
  // Beside the dialog; the focus comes back to where it was.
  await user.click(
    document.querySelector('.mantine-Modal-overlay, .mantine-Modal-inner') as Element,
  );
  await user.click(screen.getByRole('button', { name: 'Go on editing' }));
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByText('Add')).toHaveFocus();
  await user.click(screen.getByText('Remove'));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('keeps nothing of a dialog that only looks things up', async () => {
  const user = await open(<Opener />);
  await user.type(screen.getByLabelText('Name'), 'Printers');
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});
