import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { useCan } from '@/lib/can';
import classes from './sla.module.css';

/** The ways between the pages about SLAs. */
export function SlaNav() {
  const { t } = useLingui();
  const reports = useCan('report.view');
  return (
    <nav className={classes.nav} aria-label={t`SLA pages`}>
      <Link to="/sla" activeOptions={{ exact: true }}>
        <Trans>Policies</Trans>
      </Link>
      <Link to="/calendars">
        <Trans>Calendars</Trans>
      </Link>
      {reports && (
        <Link to="/sla/report">
          <Trans>Compliance</Trans>
        </Link>
      )}
    </nav>
  );
}
