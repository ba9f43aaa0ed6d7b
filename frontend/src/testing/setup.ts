import '@testing-library/jest-dom/vitest';
import { i18n } from '@lingui/core';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { clearUndo } from '@/lib/undo';
import { messages } from '../locales/en/messages.po';
import { server } from './server';

// Pages load their code when they are opened; a busy machine takes its time with that.
configure({ asyncUtilTimeout: 40_000 });

i18n.loadAndActivate({ locale: 'en', messages });

// What Mantine and the list ask a browser for and happy-dom does not have.
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
window.scrollTo = () => {};
Element.prototype.scrollIntoView = () => {};

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  localStorage.clear();
  // Formatted text needs a real browser; the journeys write with it.
  localStorage.setItem('fixdesk.editor', 'markdown');
});
afterEach(() => {
  cleanup();
  clearUndo();
  server.resetHandlers();
});
afterAll(() => server.close());
