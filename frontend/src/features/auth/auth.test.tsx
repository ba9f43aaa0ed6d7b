import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { aList, aSession } from '@/testing/fixtures';
import { openApp } from '@/testing/render';
import { on, problem, server } from '@/testing/server';

describe('sign-in', () => {
  it('leads back to where one wanted to go', async () => {
    server.use(on.post('/auth/login', () => HttpResponse.json(aSession('employee'))));
    const { user, router } = openApp('/tickets?status=open', null);
    await user.type(await screen.findByLabelText(/User name or e-mail/), 'erin');
    await user.type(screen.getByLabelText(/^Password/), 'a long password');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByRole('heading', { name: 'My tickets' });
    expect(router.state.location.href).toBe('/tickets?status=open');
  });

  it('says that it is wrong, not what', async () => {
    server.use(on.post('/auth/login', () => problem(401, { detail: 'no such user' })));
    const { user } = openApp('/sign-in', null);
    await user.type(await screen.findByLabelText(/User name or e-mail/), 'erin');
    await user.type(screen.getByLabelText(/^Password/), 'wrong');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Wrong user name or password.');
  });

  it('asks for what is missing before it asks the server', async () => {
    const { user } = openApp('/sign-in', null);
    await user.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Enter your password.')).toBeVisible();
    await waitFor(() => expect(screen.getByLabelText(/User name or e-mail/)).toHaveFocus());
  });
});

describe('registration', () => {
  it('shows the objections of the server beside their fields', async () => {
    server.use(
      on.post('/auth/register', () =>
        problem(400, { errors: { username: ['This name is taken.'] } as never }),
      ),
    );
    const { user } = openApp('/register', null);
    await user.type(await screen.findByLabelText(/User name/), 'erin');
    await user.type(screen.getByLabelText(/E-mail/), 'erin@example.org');
    await user.type(screen.getByLabelText(/Full name/), 'Erin');
    await user.type(screen.getByLabelText(/^Password/), 'correct horse battery');
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('This name is taken.')).toBeVisible();
    expect(screen.getByLabelText(/User name/)).toHaveAttribute('aria-invalid', 'true');
  });

  it('ends with a look into the mail', async () => {
    server.use(
      on.post('/auth/register', () =>
        HttpResponse.json({ id: 9, is_active: false }, { status: 201 }),
      ),
    );
    const { user } = openApp('/register', null);
    await user.type(await screen.findByLabelText(/User name/), 'erin');
    await user.type(screen.getByLabelText(/E-mail/), 'erin@example.org');
    await user.type(screen.getByLabelText(/Full name/), 'Erin');
    await user.type(screen.getByLabelText(/^Password/), 'correct horse battery');
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByRole('heading', { name: 'Check your mail' })).toBeVisible();
  });
});

describe('the link of the verification mail', () => {
  it('is used once, also when the page renders twice', async () => {
    let used = 0;
    server.use(
      on.post('/auth/verify_email', () => {
        used += 1;
        return HttpResponse.json({ detail: 'ok' });
      }),
    );
    openApp('/verify-email?token=abc', null);
    expect(await screen.findByRole('heading', { name: 'Address verified' })).toBeVisible();
    expect(used).toBe(1);
  });

  it('offers a new mail when it is too old', async () => {
    server.use(on.post('/auth/verify_email', () => problem(400)));
    openApp('/verify-email?token=abc', null);
    expect(await screen.findByRole('button', { name: 'Send the mail again' })).toBeVisible();
  });
});

describe('signing out', () => {
  it('ends at sign-in without a way back', async () => {
    const { user, router } = openApp('/profile', 'employee');
    await screen.findByRole('heading', { name: 'Profile' });
    const [button] = screen.getAllByRole('button', { name: 'Sign out' });
    if (!button) throw new Error('no button');
    await user.click(button);
    await screen.findByRole('heading', { name: 'Sign in' });
    expect(router.state.location.href).toBe('/sign-in');
  });
});

describe('the profile', () => {
  it('says when a token will end, not that it ends now', async () => {
    const token = {
      ...{ id: 1, name: 'ci', prefix: 'fxd_ab', version: 1, last_used_at: null },
      created_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + 89.5 * 86_400_000).toISOString(),
    };
    server.use(on.get('/auth/tokens', () => HttpResponse.json(aList([token]))));
    openApp('/profile', 'employee');
    expect(await screen.findByText('ci')).toBeVisible();
    expect(screen.getByText(/^in \d/)).toBeVisible();
  });

  it('shows a new API token once', async () => {
    server.use(
      on.post('/auth/tokens', () =>
        HttpResponse.json(
          { id: 1, name: 'ci', prefix: 'fxd_ab', token: 'fxd_abcdef' },
          { status: 201 },
        ),
      ),
    );
    const { user } = openApp('/profile', 'employee');
    await user.type(await screen.findByLabelText(/What is it for/), 'ci');
    await user.click(screen.getByRole('button', { name: 'Create token' }));
    expect(await screen.findByText('fxd_abcdef')).toBeVisible();
  });
});
