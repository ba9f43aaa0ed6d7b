import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconFile, IconPaperclip, IconRefresh, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import classes from './attachment.module.css';
import { useThumbnail } from './content';
import { sizeText } from './size';
import type { Upload, Uploads } from './use-uploads';

/** The files that go with what somebody writes: their progress, and how to take them back. */
export function UploadTray({
  uploads,
  onAdd,
}: {
  uploads: Uploads;
  /** What happens with chosen files; they are uploaded when left out. */
  onAdd?: (files: File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={classes.tray}>
      {uploads.items.length > 0 && (
        <ul className={classes.list}>
          {uploads.items.map((one) => (
            <li key={one.key} className={classes.chip} data-state={one.state}>
              <UploadChip item={one} uploads={uploads} />
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-files
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = '';
          if (files.length === 0) return;
          if (onAdd) onAdd(files);
          else void uploads.add(files);
        }}
      />
      <Button
        type="button"
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPaperclip size={16} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        <Trans>Attach files</Trans>
      </Button>
    </div>
  );
}

function UploadChip({ item, uploads }: { item: Upload; uploads: Uploads }) {
  const { t, i18n } = useLingui();
  const { name } = item;
  const percent = Math.round((item.sent / Math.max(item.size, 1)) * 100);
  return (
    <>
      {item.attachment ? (
        <Thumb file={item.attachment} />
      ) : (
        <span className={classes.icon}>
          <IconFile size={18} aria-hidden />
        </span>
      )}
      <span className={classes.about}>
        <span className={classes.name} title={name}>
          {name}
        </span>
        <span className={classes.meta} role={item.state === 'failed' ? 'alert' : undefined}>
          {item.state === 'failed' && (item.reason ?? t`Not uploaded`)}
          {item.state === 'broken' && <Trans>No connection; goes on by itself</Trans>}
          {item.state === 'sending' && `${percent} %`}
          {item.state === 'done' && sizeText(item.size, i18n.locale)}
        </span>
        {(item.state === 'sending' || item.state === 'broken') && (
          <Progress value={percent} size={4} aria-label={t`${name} is being uploaded`} />
        )}
      </span>
      {item.state === 'failed' && item.file && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Upload ${name} again`}
          onClick={() => uploads.retry(item)}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={item.state === 'done' ? t`Take ${name} away` : t`Cancel ${name}`}
        onClick={() => uploads.remove(item)}
      >
        <IconX size={16} />
      </ActionIcon>
    </>
  );
}

/** A small picture of a file, or a sign for it. */
export function Thumb({ file }: { file: NonNullable<Upload['attachment']> }) {
  const address = useThumbnail(file, 'small');
  if (address) return <img className={classes.thumb} src={address} alt="" />;
  return (
    <span className={classes.icon}>
      <IconFile size={18} aria-hidden />
    </span>
  );
}
