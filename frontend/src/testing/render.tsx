import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { onTestFinished } from 'vitest';
import { App } from '@/app/app';
import { followSession } from '@/app/follow-session';
import { makeRouter } from '@/app/router';
import type { User } from '@/lib/api';
import { makeQueryClient } from '@/lib/query';
import { adoptSession, endSession } from '@/lib/session';
import { aSession } from './fixtures';

/** Opens the app at a path, as somebody of this role or as nobody. */
export function openApp(path: string, as: User['role'] | null) {
  if (as) adoptSession(aSession(as));
  else endSession(true);
  const queryClient = makeQueryClient();
  queryClient.setDefaultOptions({
    ...queryClient.getDefaultOptions(),
    queries: { ...queryClient.getDefaultOptions().queries, retry: false },
  });
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  onTestFinished(followSession(router, queryClient));
  render(<App router={router} queryClient={queryClient} env="test" />);
  return { user: userEvent.setup(), router, queryClient };
}
