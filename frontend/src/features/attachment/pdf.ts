import {
  AnnotationMode,
  getDocument,
  InvalidPDFException,
  type PDFDocumentProxy,
  PDFWorker,
  RenderingCancelledException,
  VerbosityLevel,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import PdfWorker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker';

// Only imported when a PDF is looked at. What pdf.js can do beyond drawing, it is
// not given: no sandbox for scripts, no annotation layer (so nothing to click), no
// XFA, no eval; and the server lets its worker fetch nothing.

/** Milliseconds in which a document must have been read; a hostile one may never be. */
const patience = 30_000;
/** Pixels of one page on the screen, and of one picture in it. */
const mostPixels = 8_000_000;
const mostOfPicture = 25_000_000;

/** What pdf.js asks for while it draws, as files of our own by their names. */
const parts = new Map<string, string>();
for (const found of [
  import.meta.glob<string>('/node_modules/pdfjs-dist/cmaps/*.bcmap', {
    query: '?url&no-inline',
    import: 'default',
    eager: true,
  }),
  import.meta.glob<string>('/node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}', {
    query: '?url&no-inline',
    import: 'default',
    eager: true,
  }),
  import.meta.glob<string>('/node_modules/pdfjs-dist/wasm/{jbig2,openjpeg}.wasm', {
    query: '?url&no-inline',
    import: 'default',
    eager: true,
  }),
]) {
  for (const [path, address] of Object.entries(found)) {
    parts.set(path.slice(path.lastIndexOf('/') + 1), address);
  }
}

class OwnParts {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const address = parts.get(filename);
    if (!address) throw new Error(`pdf.js has no ${filename}`);
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${filename}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

/** Why a PDF is not shown. */
export type PdfFault = 'encrypted' | 'broken';

export class PdfError extends Error {
  override name = 'PdfError';
  readonly fault: PdfFault;
  constructor(fault: PdfFault, cause?: unknown) {
    super(fault, { cause });
    this.fault = fault;
  }
}

/** A document that is open; close it, or its worker lives on. */
export class Pdf {
  readonly pages: number;
  private readonly document: PDFDocumentProxy;
  private readonly end: () => void;

  constructor(document: PDFDocumentProxy, end: () => void) {
    this.document = document;
    this.pages = document.numPages;
    this.end = end;
  }

  /** Height of a page for a width of 1; strips are cut to what a screen can bear. */
  async ratio(number: number): Promise<number> {
    const { width, height } = (await this.document.getPage(number)).getViewport({ scale: 1 });
    const ratio = height / width;
    return Number.isFinite(ratio) ? Math.min(4, Math.max(0.1, ratio)) : 1;
  }

  /** Draws a page, as wide as the canvas is on the screen. */
  async draw(number: number, canvas: HTMLCanvasElement, signal: AbortSignal): Promise<void> {
    const page = await this.document.getPage(number);
    if (signal.aborted) return;
    const whole = page.getViewport({ scale: 1 });
    const wanted = (canvas.clientWidth || 600) * Math.min(devicePixelRatio, 2);
    const most = Math.sqrt(mostPixels / (whole.width * whole.height));
    const viewport = page.getViewport({ scale: Math.min(wanted / whole.width, most) });
    canvas.width = Math.max(1, Math.floor(viewport.width));
    canvas.height = Math.max(1, Math.floor(viewport.height));
    const task = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
    const stop = () => task.cancel();
    signal.addEventListener('abort', stop);
    try {
      await task.promise;
    } catch (error) {
      if (!(error instanceof RenderingCancelledException)) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  close(): void {
    this.end();
  }
}

/** Reads a PDF; throws PdfError when it cannot be shown. */
export async function openPdf(bytes: ArrayBuffer, signal: AbortSignal): Promise<Pdf> {
  const thread = new PdfWorker();
  const worker = PDFWorker.create({ port: thread, verbosity: VerbosityLevel.ERRORS });
  const task = getDocument({
    data: new Uint8Array(bytes),
    worker,
    BinaryDataFactory: OwnParts,
    verbosity: VerbosityLevel.ERRORS,
    isEvalSupported: false,
    enableXfa: false,
    useWorkerFetch: false,
    maxImageSize: mostOfPicture,
    cMapPacked: true,
    // The pages of a broken file that can be drawn are worth more than none.
    stopAtErrors: false,
  });
  // At once, also in the middle of a computation that would never end.
  const end = () => {
    thread.terminate();
    worker.destroy();
    void task.destroy().catch(() => {});
  };
  const failed = new Promise<never>((_, reject) => {
    const late = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    late.addEventListener('abort', () => reject(new PdfError('broken', late.reason)));
    thread.addEventListener('error', (event) => reject(new Error(event.message || 'no worker')));
    // Nobody answers for a password here; saying so is all that can be done.
    task.onPassword = () => reject(new PdfError('encrypted'));
  });
  try {
    return new Pdf(await Promise.race([task.promise, failed]), end);
  } catch (error) {
    end();
    if (error instanceof InvalidPDFException) throw new PdfError('broken', error);
    throw error;
  }
}
