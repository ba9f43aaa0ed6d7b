import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { render, screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Attachment } from '@/lib/api';
import { adoptSession } from '@/lib/session';
import { aSession } from '@/testing/fixtures';
import { on, problem, server } from '@/testing/server';
import { openPdf, type Pdf, PdfError } from './pdf';
import { PdfPages } from './pdf-pages';

// pdf.js needs a worker and a canvas; it draws in the journeys, in a real browser.
vi.mock('./pdf', async () => {
  class PdfError extends Error {
    readonly fault: string;
    constructor(fault: string) {
      super(fault);
      this.fault = fault;
    }
  }
  return { openPdf: vi.fn(), PdfError };
});

const file = { id: 7, name: 'manual.pdf', media_type: 'application/pdf' } as Attachment;
let watchers: (() => void)[] = [];

/** Lets a page come into sight, once it is watched: that begins after it is on the screen. */
async function comeIntoSight(page: number) {
  await waitFor(() => expect(watchers.length).toBeGreaterThanOrEqual(page));
  watchers[page - 1]?.();
}

beforeEach(() => {
  vi.mocked(openPdf).mockReset();
  watchers = [];
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      private readonly tell: (entries: { isIntersecting: boolean }[]) => void;
      constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
        this.tell = tell;
      }
      observe() {
        watchers.push(() => this.tell([{ isIntersecting: true }]));
      }
      disconnect() {}
    },
  );
  adoptSession(aSession('employee'));
  server.use(on.get('/attachments/7/content', () => HttpResponse.arrayBuffer(new ArrayBuffer(9))));
});

function show() {
  return render(
    <I18nProvider i18n={i18n}>
      <MantineProvider env="test">
        <PdfPages file={file} />
      </MantineProvider>
    </I18nProvider>,
  );
}

function aPdf(pages: number) {
  const pdf = {
    pages,
    ratio: vi.fn(async () => 1.4),
    draw: vi.fn(async () => {}),
    close: vi.fn(),
  };
  vi.mocked(openPdf).mockResolvedValue(pdf as unknown as Pdf);
  return pdf;
}

it('draws a page when it comes into sight, and lets go of all when it is closed', async () => {
  const pdf = aPdf(3);
  const { unmount } = show();
  expect(screen.getByLabelText('Loading')).toBeVisible();
  await screen.findByRole('img', { name: 'Page 3 of 3' });
  expect(screen.getByText('3 pages')).toBeVisible();
  expect(pdf.draw).not.toHaveBeenCalled();
  await comeIntoSight(2);
  await waitFor(() => expect(pdf.draw).toHaveBeenCalledTimes(1));
  expect(pdf.draw).toHaveBeenCalledWith(2, expect.anything(), expect.anything());
  expect(pdf.close).not.toHaveBeenCalled();
  unmount();
  expect(pdf.close).toHaveBeenCalledTimes(1);
});

it('shows the first pages of a long document', async () => {
  aPdf(900);
  show();
  await screen.findByText(/Only the first 50 pages are shown/);
  expect(screen.getAllByRole('img')).toHaveLength(50);
});

it('says which page cannot be drawn', async () => {
  const pdf = aPdf(1);
  pdf.draw.mockRejectedValue(new Error('bad operator'));
  show();
  await screen.findByRole('img', { name: 'Page 1 of 1' });
  await comeIntoSight(1);
  expect(await screen.findByRole('alert')).toHaveTextContent('Page 1 cannot be shown here');
});

it.each([
  ['encrypted', /protected by a password .* Download it instead/],
  ['broken', /broken and cannot be shown here. Download it instead/],
] as const)('says that a file is %s', async (fault, text) => {
  vi.mocked(openPdf).mockRejectedValue(new PdfError(fault));
  show();
  expect(await screen.findByRole('alert')).toHaveTextContent(text);
});

it('says what the server said when the file is not to be had', async () => {
  server.use(on.get('/attachments/7/content', () => problem(404)));
  show();
  expect(await screen.findByRole('alert')).toHaveTextContent('you cannot see it');
  expect(openPdf).not.toHaveBeenCalled();
});
