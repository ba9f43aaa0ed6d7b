import { Trans, useLingui } from '@lingui/react/macro';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listQuarantineOptions } from '@/lib/api/@tanstack/react-query.gen';
import { personName } from '@/ui/person';
import { Pill } from '@/ui/pill';
import { RelativeTime } from '@/ui/relative-time';
import { Section } from '@/ui/section';
import { TextLink } from '@/ui/text-link';
import classes from './jobs-page.module.css';

/** Files that the virus scanner keeps back; nothing where there are none. */
export function Quarantine() {
  const { t } = useLingui();
  const { data } = useQuery(listQuarantineOptions());
  const files = data?.results ?? [];
  if (files.length === 0) return null;
  return (
    <Section
      title={t`Files kept back by the virus scanner`}
      lead={<Trans>Nobody can download them. Ask who sent them what it was.</Trans>}
    >
      <ul className={classes.list}>
        {files.map((file) => {
          const ticket = file.ticket_id;
          return (
            <li key={file.id} className={classes.job}>
              <span className={classes.kind}>
                <bdi>{file.name || t`A file that you may not see`}</bdi>
                <Pill tone="red" icon={<IconAlertTriangle size={14} />}>
                  {file.state === 'infected' ? t`Virus found` : t`Could not be checked`}
                </Pill>
              </span>
              <span className={classes.meta}>
                {file.found} · {personName(file.sender)} · <RelativeTime iso={file.sent_at} />
                {ticket !== null && (
                  <>
                    {' · '}
                    <TextLink to="/tickets/$ticketId" params={{ ticketId: String(ticket) }}>
                      #{ticket}
                    </TextLink>
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
