import { Trans, useLingui } from '@lingui/react/macro';
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RoutingDecision, RoutingWaiting } from '@/lib/api';
import { getTicketRoutingOptions } from '@/lib/api/@tanstack/react-query.gen';
import { exactTime } from '@/lib/time';
import { Dialog } from '@/ui/dialog';
import { personName } from '@/ui/person';
import { Fetched } from '@/ui/states';
import { Candidates } from './candidates';
import { reasonWords, strategyWords } from './words';

/** Why somebody was given a ticket, or why nobody is yet. */
export function WhyAgentDialog({ ticketId, onClose }: { ticketId: number; onClose: () => void }) {
  const { t } = useLingui();
  const query = useQuery({
    ...getTicketRoutingOptions({ path: { id: ticketId } }),
    staleTime: 0,
  });
  return (
    <Dialog title={t`Why this agent?`} size="lg" onClose={onClose}>
      <Fetched query={query}>
        {({ waiting, decisions }) => (
          <Stack>
            {waiting && <Waiting waiting={waiting} />}
            {decisions.map((one) => (
              <Decision key={one.id} decision={one} />
            ))}
            {!waiting && decisions.length === 0 && (
              <p>
                <Trans>
                  Routing had no part in it: nobody has the ticket, or somebody took or gave it by
                  hand.
                </Trans>
              </p>
            )}
          </Stack>
        )}
      </Fetched>
    </Dialog>
  );
}

function Waiting({ waiting }: { waiting: RoutingWaiting }) {
  const { t, i18n } = useLingui();
  const since = exactTime(waiting.since, i18n.locale);
  const { queue, ahead } = waiting;
  return (
    <section aria-label={t`Waiting`}>
      <h3>
        <Trans>Nobody is free yet</Trans>
      </h3>
      <p>
        <Trans>
          It waits in “{queue}” since {since}; {ahead} tickets wait longer. It is assigned as soon
          as somebody becomes free.
        </Trans>
      </p>
      <Takes skills={waiting.skills} />
      <Candidates list={waiting.candidates} />
    </section>
  );
}

function Takes({ skills }: { skills: string[] }) {
  if (skills.length === 0) return null;
  const list = skills.join(', ');
  return (
    <p>
      <Trans>It takes: {list}</Trans>
    </p>
  );
}

function Decision({ decision }: { decision: RoutingDecision }) {
  const { i18n } = useLingui();
  const name = personName(decision.agent);
  const why = i18n._(reasonWords[decision.reason]);
  const how = i18n._(strategyWords[decision.strategy]);
  const when = exactTime(decision.created_at, i18n.locale);
  const { queue } = decision;
  const minutes = Math.round(decision.waited_seconds / 60);
  return (
    <section aria-label={name}>
      <h3>
        <Trans>
          {name}: {why}
        </Trans>
      </h3>
      <p>
        <Trans>
          “{queue}” chose at {when}. {how}.
        </Trans>{' '}
        {minutes > 0 && <Trans>It had waited for {minutes} min.</Trans>}
      </p>
      <Takes skills={decision.skills} />
      <Candidates list={decision.candidates} chosen={decision.agent.id} />
    </section>
  );
}
