import { Trans, useLingui } from '@lingui/react/macro';
import { type ErrorComponentProps, useMatches } from '@tanstack/react-router';
import { LinkButton } from '@/ui/link-button';
import { Page } from '@/ui/page';
import { ErrorState } from '@/ui/states';

export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <main>
      <Page title={t`This page does not exist`} width="narrow">
        <p>
          <Trans>The address may be mistyped, or what was here is gone.</Trans>
        </p>
        <LinkButton to="/" variant="default">
          <Trans>Go to the dashboard</Trans>
        </LinkButton>
      </Page>
    </main>
  );
}

/** A page whose code did not load (a new version was installed, or no network) or that failed. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const { t } = useLingui();
  const outdated = /dynamically imported module|module script/i.test(String(error));
  const inShell = useMatches({
    select: (matches) => matches.some((match) => match.routeId === '/app'),
  });
  const page = (
    <Page title={t`This page did not open`} width="narrow">
      <ErrorState error={error} onRetry={() => (outdated ? location.reload() : reset())} />
    </Page>
  );
  return inShell ? page : <main>{page}</main>;
}
