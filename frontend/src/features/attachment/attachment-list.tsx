import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import {
  type KeyboardEvent,
  lazy,
  type MouseEvent,
  type ReactNode,
  Suspense,
  useEffect,
  useRef,
  useState,
} from 'react';
import { type Attachment, deleteAttachment } from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { explain } from '@/lib/problem';
import { invalidate } from '@/lib/query';
import { announce } from '@/lib/status-line';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import classes from './attachment.module.css';
import { fetchThumbnail, saveFile } from './content';
import { sizeText } from './size';
import { Thumb } from './upload-tray';

const Preview = lazy(() => import('./preview'));

function available(file: Attachment): boolean {
  return file.state === 'clean' || file.state === 'unscanned';
}

/** Something written, with the files that came with it: shown in their place, and listed. */
export function Attached({
  files,
  children,
}: {
  files: readonly Attachment[];
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<Attachment | null>(null);
  usePictures(box, files);
  const show = (file: Attachment) => {
    if (!available(file)) return;
    if (file.preview !== 'none') setOpen(file);
    else saveFile(file).catch((error) => announce(explain(error), 'bad'));
  };
  const meant = (target: EventTarget) => {
    const id = target instanceof Element && target.closest('[data-attachment]');
    return id ? files.find((one) => String(one.id) === id.getAttribute('data-attachment')) : null;
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the pictures in it are buttons */}
      <div
        ref={box}
        className={classes.written}
        onClick={(event: MouseEvent) => {
          const file = meant(event.target);
          if (file) show(file);
        }}
        onKeyDown={(event: KeyboardEvent) => {
          const file = event.key === 'Enter' || event.key === ' ' ? meant(event.target) : null;
          if (!file) return;
          event.preventDefault();
          show(file);
        }}
      >
        {children}
      </div>
      {files.length > 0 && <AttachmentList files={files} onShow={show} />}
      {open && (
        <Suspense>
          <Preview file={open} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </>
  );
}

/** Puts the pictures into a text that names them; the text itself has no addresses. */
function usePictures(box: React.RefObject<HTMLDivElement | null>, files: readonly Attachment[]) {
  const loaded = useRef(new Map<number, string>());
  useEffect(() => {
    for (const element of box.current?.querySelectorAll<HTMLElement>('[data-attachment]') ?? []) {
      const id = Number(element.getAttribute('data-attachment'));
      const file = files.find((one) => one.id === id);
      if (!file) continue; // of another text, or taken away
      element.setAttribute('role', 'button');
      element.tabIndex = 0;
      if (!(element instanceof HTMLImageElement) || element.src || !file.thumbnail) continue;
      if (!element.alt) element.alt = file.name;
      if (file.width && file.height) {
        const scale = Math.min(1, 1600 / Math.max(file.width, file.height));
        element.width = Math.round(file.width * scale);
      }
      const put = (address: string) => {
        element.src = address;
      };
      const known = loaded.current.get(id);
      if (known) put(known);
      else if (available(file)) {
        fetchThumbnail(id, 'large').then(
          (blob) => {
            const address = URL.createObjectURL(blob);
            loaded.current.set(id, address);
            put(address);
          },
          () => {},
        );
      }
    }
  });
  useEffect(() => {
    const all = loaded.current;
    return () => {
      for (const address of all.values()) URL.revokeObjectURL(address);
      all.clear();
    };
  }, []);
}

function AttachmentList({
  files,
  onShow,
}: {
  files: readonly Attachment[];
  onShow: (file: Attachment) => void;
}) {
  const { t } = useLingui();
  return (
    <ul className={classes.list} aria-label={t`Attachments`}>
      {files.map((file) => (
        <li key={file.id} className={classes.chip} data-state={file.state}>
          <AttachmentChip file={file} onShow={onShow} />
        </li>
      ))}
    </ul>
  );
}

function AttachmentChip({ file, onShow }: { file: Attachment; onShow: (f: Attachment) => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const { name } = file;
  const remove = async () => {
    setBusy(true);
    try {
      await deleteAttachment({ path: { id: file.id }, headers: ifMatch(file), throwOnError: true });
      announce(t`${name} was taken away`);
      setAsking(false);
      await invalidate(client, 'getTicket', 'listNotes', 'listTicketEvents');
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        className={classes.open}
        disabled={!available(file)}
        onClick={() => onShow(file)}
      >
        <Thumb file={file} />
        <span className={classes.about}>
          <span className={classes.name} title={name}>
            {name}
          </span>
          <span className={classes.meta}>
            <Standing file={file} /> {sizeText(file.size, i18n.locale)}
          </span>
        </span>
      </button>
      {available(file) && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Download ${name}`}
          onClick={() => saveFile(file).catch((error) => announce(explain(error), 'bad'))}
        >
          <IconDownload size={16} />
        </ActionIcon>
      )}
      {file.can.delete && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t`Delete ${name}`}
          onClick={() => setAsking(true)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
      {asking && (
        <ConfirmDialog
          title={t`Delete this file?`}
          confirm={t`Delete file`}
          busy={busy}
          error={failed}
          onClose={() => setAsking(false)}
          onConfirm={() => void remove()}
        >
          <Trans>{name} will be gone for everybody.</Trans>
        </ConfirmDialog>
      )}
    </>
  );
}

function Standing({ file }: { file: Attachment }) {
  switch (file.state) {
    case 'scanning':
      return <Trans>Being checked for viruses …</Trans>;
    case 'infected':
      return <Trans>A virus was found; nobody can open it.</Trans>;
    case 'failed':
      return <Trans>Could not be checked for viruses.</Trans>;
    default:
      return null;
  }
}
