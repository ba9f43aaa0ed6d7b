import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import type { ReactNode } from 'react';
import { beforeEach, expect, it } from 'vitest';
import type { Macro } from '@/lib/api';
import { aTicketDetail, aUser } from '@/testing/fixtures';
import { on, server } from '@/testing/server';
import { snippetsFor } from './snippet-options';

const macro = (id: number, kind: Macro['kind'], over: Partial<Macro> = {}): Macro => ({
  ...{ id, kind, name: `${kind} ${id}`, content: `text of ${id}`, owner: aUser('it_staff') },
  ...{ actions: [], shared_with: null, team: null, version: 1 },
  ...{ created_at: '2026-03-02T09:00:00Z', updated_at: '2026-03-02T09:00:00Z' },
  can: { update: true, delete: true },
  ...over,
});

let shown: { kind: Macro['kind']; content: string };
let applied = 0;

beforeEach(() => {
  applied = 0;
  server.use(
    on.get('/macros', () =>
      HttpResponse.json({
        results: [
          macro(1, 'reply'),
          macro(2, 'note'),
          macro(3, 'reply', { content: '' }),
          macro(4, 'note', {
            actions: [{ type: 'add_tag', params: { tag: 'x' }, text: 'Add tag x' }],
          }),
        ],
        count: 4,
        next: null,
        previous: null,
      }),
    ),
    on.post('/macros/preview', () =>
      HttpResponse.json({ ...shown, content_html: '', actions: [] }),
    ),
    on.post('/tickets/:id/apply_macro', () => {
      applied += 1;
      return HttpResponse.json({}, { status: 201 });
    }),
  );
});

async function offered(kind: Macro['kind'], typed = '') {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const useSnippets = snippetsFor(aTicketDetail({ id: 7 }), kind);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </I18nProvider>
  );
  const { result } = renderHook(() => useSnippets(typed), { wrapper });
  await waitFor(() => expect(result.current.length).toBeGreaterThan(0));
  return result.current;
}

it('offers texts for the requester in the box for the requester, and notes in that for notes', async () => {
  expect((await offered('reply')).map(({ id }) => id)).toEqual(['1']);
  expect((await offered('note')).map(({ id }) => id)).toEqual(['2', '4']);
  expect((await offered('note', 'NOTE 4')).map(({ id }) => id)).toEqual(['4']);
});

it('gives the text as the ticket fills it in', async () => {
  shown = { kind: 'reply', content: 'Hello Amara' };
  const [one] = await offered('reply');
  expect(await one?.load?.()).toBe('Hello Amara');
});

it('puts nothing into the box for the requester of what has become a note meanwhile', async () => {
  shown = { kind: 'note', content: 'She never pays' };
  const [one] = await offered('reply');
  expect(await one?.load?.()).toBe('');
  shown = { kind: 'reply', content: 'Dear requester' };
  const acting = (await offered('note', 'note 4'))[0];
  expect(await acting?.load?.()).toBe('');
  expect(applied).toBe(0);
});
