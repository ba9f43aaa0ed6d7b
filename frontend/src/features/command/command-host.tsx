import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { Pickers, ViewDialogs } from '@/features/ticket';
import {
  allCommands,
  type Command,
  contexts,
  isAvailable,
  type Place,
  useCommandContext,
  useCommandKeys,
} from '@/lib/commands';
import { useMe } from '@/lib/session';
import { Palette } from './palette';
import { UndoBar } from './undo-bar';

const loadHelp = () => import('./key-help');
const KeyHelp = lazy(() => loadHelp().then((m) => ({ default: m.KeyHelp })));

/** Milliseconds after the start before the list of keys is fetched. */
const quiet = 1000;

/** Listens to the keys and shows what they open; once, in the shell. */
export function CommandHost() {
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const go = useCallback((place: Place) => void navigate(place as never), [navigate]);
  const [available, setAvailable] = useState<Command[]>([]);
  const openPalette = useCallback(() => {
    // Asked now: inside of the palette, the list has no focus and therefore no cursor.
    const now = contexts();
    setAvailable(allCommands().filter((it) => !it.unlisted && isAvailable(it, now)));
    setOpen((what) => (what === 'palette' ? null : 'palette'));
  }, []);
  const openHelp = useCallback(() => setOpen('help'), []);
  const close = useCallback(() => setOpen(null), []);
  useCommandContext('global', { me, client, go, openPalette, openHelp });
  useCommandKeys();
  useEffect(() => {
    const timer = setTimeout(() => {
      void loadHelp().catch(() => {});
    }, quiet);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <UndoBar />
      <Pickers />
      <ViewDialogs />
      {open === 'palette' && <Palette available={available} onClose={close} />}
      <Suspense>{open === 'help' && <KeyHelp onClose={close} />}</Suspense>
    </>
  );
}
