import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Loader } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { Attachment } from '@/lib/api';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Dialog } from '@/ui/dialog';
import classes from './attachment.module.css';
import { fetchContent, fetchText, saveFile } from './content';
import { PdfPages } from './pdf-pages';

/** Characters of a text file that are shown. */
const mostText = 256 * 1024;

/** A file as it can be looked at without saving it. */
export default function Preview({ file, onClose }: { file: Attachment; onClose: () => void }) {
  const { t } = useLingui();
  const [text, setText] = useState<string | null>(null);
  const [picture, setPicture] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const pdf = file.preview === 'pdf';
  useEffect(() => {
    if (pdf) return;
    const control = new AbortController();
    let made = '';
    const load = async () => {
      if (file.preview === 'text') {
        setText(await fetchText(file, mostText, control.signal));
        return;
      }
      const blob = await fetchContent(file, control.signal);
      if (control.signal.aborted) return;
      made = URL.createObjectURL(blob);
      setPicture(made);
    };
    load().catch((error) => {
      if (!control.signal.aborted) setFailed(explain(error));
    });
    return () => {
      control.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [file, pdf]);
  return (
    <Dialog title={file.name} size="xl" onClose={onClose}>
      {failed && <p role="alert">{failed}</p>}
      {pdf && <PdfPages file={file} />}
      {!pdf && !failed && text === null && picture === null && <Loader aria-label={t`Loading`} />}
      {picture && <img className={classes.picture} src={picture} alt={file.name} />}
      {text !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must scroll by keyboard, too
        <pre className={classes.source} dir="auto" tabIndex={0}>
          {text}
        </pre>
      )}
      {text !== null && file.size > mostText && (
        <p className={classes.meta}>
          <Trans>Only the beginning is shown. Download the file for the rest.</Trans>
        </p>
      )}
      <Group justify="flex-end" mt="md">
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => saveFile(file).catch((error) => announce(explain(error), 'bad'))}
        >
          <Trans>Download</Trans>
        </Button>
      </Group>
    </Dialog>
  );
}
