import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Attachment } from '@/lib/api';
import { explain } from '@/lib/problem';
import classes from './attachment.module.css';
import { fetchContent } from './content';
import type { Pdf, PdfFault } from './pdf';

/** Pages that are shown of one document. */
export const mostPages = 50;

type State =
  | { at: 'loading' }
  | { at: 'open'; pdf: Pdf; ratio: number }
  | { at: 'failed'; why: PdfFault | 'program' | { said: string } };

/** Reads a PDF: its bytes through the one way in to a file, the program only now. */
async function read(file: Attachment, signal: AbortSignal): Promise<State> {
  const program = import('./pdf').catch(() => null);
  let bytes: ArrayBuffer;
  try {
    bytes = await (await fetchContent(file, signal)).arrayBuffer();
  } catch (error) {
    return { at: 'failed', why: { said: explain(error) } };
  }
  const loaded = await program;
  if (!loaded) return { at: 'failed', why: 'program' };
  try {
    const pdf = await loaded.openPdf(bytes, signal);
    try {
      return { at: 'open', pdf, ratio: await pdf.ratio(1) };
    } catch {
      pdf.close();
      return { at: 'failed', why: 'broken' };
    }
  } catch (error) {
    return { at: 'failed', why: error instanceof loaded.PdfError ? error.fault : 'program' };
  }
}

/** The pages of a PDF, drawn as they come into sight. Nothing in it can be clicked or runs. */
export function PdfPages({ file }: { file: Attachment }) {
  const { t } = useLingui();
  const [state, setState] = useState<State>({ at: 'loading' });
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const control = new AbortController();
    let open: Pdf | null = null;
    setState({ at: 'loading' });
    void read(file, control.signal).then((found) => {
      if (found.at === 'open') open = found.pdf;
      if (control.signal.aborted) open?.close();
      else setState(found);
    });
    return () => {
      control.abort();
      open?.close();
    };
  }, [file]);
  if (state.at === 'loading') return <Loader aria-label={t`Loading`} />;
  if (state.at === 'failed') return <Fault why={state.why} />;
  const { pdf, ratio } = state;
  const shown = Math.min(pdf.pages, mostPages);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: pages must scroll by keyboard, too */}
      <section ref={box} className={classes.pages} aria-label={t`Pages of the file`} tabIndex={0}>
        {Array.from({ length: shown }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a page is its number
          <Page key={index} pdf={pdf} number={index + 1} guess={ratio} box={box} />
        ))}
      </section>
      <p className={classes.meta}>
        {pdf.pages > shown ? (
          <Trans>Only the first {shown} pages are shown. Download the file for the rest.</Trans>
        ) : (
          <Plural value={pdf.pages} one="# page" other="# pages" />
        )}
      </p>
    </>
  );
}

function Fault({ why }: { why: PdfFault | 'program' | { said: string } }) {
  if (typeof why === 'object') return <p role="alert">{why.said}</p>;
  return (
    <p role="alert">
      {why === 'encrypted' && (
        <Trans>
          This file is protected by a password and cannot be shown here. Download it instead.
        </Trans>
      )}
      {why === 'broken' && (
        <Trans>This file is broken and cannot be shown here. Download it instead.</Trans>
      )}
      {why === 'program' && <Trans>This file cannot be shown here now. Download it instead.</Trans>}
    </p>
  );
}

function Page({
  pdf,
  number,
  guess,
  box,
}: {
  pdf: Pdf;
  number: number;
  /** Height for a width of 1, until the page has been read. */
  guess: number;
  box: React.RefObject<HTMLElement | null>;
}) {
  const { t } = useLingui();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [ratio, setRatio] = useState(guess);
  const [near, setNear] = useState(false);
  const [failed, setFailed] = useState(false);
  const total = pdf.pages;
  useEffect(() => {
    if (!canvas.current) return;
    const watcher = new IntersectionObserver(
      ([entry]) => setNear(entry?.isIntersecting ?? false),
      // A window's height before and after, so that one seldom sees a page come.
      { root: box.current, rootMargin: '100% 0px' },
    );
    watcher.observe(canvas.current);
    return () => watcher.disconnect();
  }, [box]);
  useEffect(() => {
    const on = canvas.current;
    if (!near || !on) return;
    const control = new AbortController();
    const draw = async () => {
      setRatio(await pdf.ratio(number));
      await pdf.draw(number, on, control.signal);
      if (!control.signal.aborted) on.dataset.drawn = 'yes';
    };
    draw().catch(() => {
      if (!control.signal.aborted) setFailed(true);
    });
    return () => {
      control.abort();
      // Gives the memory of a page that is out of sight back.
      on.width = 0;
      on.height = 0;
      delete on.dataset.drawn;
    };
  }, [near, pdf, number]);
  return (
    <>
      <canvas
        ref={canvas}
        className={classes.page}
        role="img"
        aria-label={t`Page ${number} of ${total}`}
        style={{ aspectRatio: 1 / ratio }}
      />
      {failed && (
        <p role="alert">
          <Trans>Page {number} cannot be shown here. Download the file instead.</Trans>
        </p>
      )}
    </>
  );
}
