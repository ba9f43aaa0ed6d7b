import './mantine';
import { createRoot } from 'react-dom/client';
import { activateLanguage, preferredLanguage } from '@/lib/i18n';
import { startSession } from '@/lib/session';
import { App } from './app';

async function start() {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  // Both at once; the router waits for the session by itself.
  void startSession();
  await activateLanguage(preferredLanguage());
  createRoot(root).render(<App />);
}

void start();
