import { useLingui } from '@lingui/react/macro';
import { Pill } from '@/ui/pill';
import { type Finer, finerTone } from './finer';
import { type Priority, priorities, type Status, statuses } from './labels';

export function StatusPill({ status }: { status: Status }) {
  const { i18n } = useLingui();
  const { label, tone, icon: Icon } = statuses[status];
  const name = i18n._(label);
  return (
    <Pill tone={tone} icon={<Icon size={14} stroke={2.2} />} hint={name}>
      {name}
    </Pill>
  );
}

export function PriorityPill({ priority }: { priority: Priority }) {
  const { i18n } = useLingui();
  const { label, tone, icon: Icon } = priorities[priority];
  return (
    <Pill tone={tone} icon={<Icon size={14} stroke={2.2} />}>
      {i18n._(label)}
    </Pill>
  );
}

/** A finer status in its own colour, with the icon of the status that it lies in. */
export function FinerPill({ status, finer }: { status: Status; finer: Finer }) {
  const { icon: Icon } = statuses[status];
  return (
    <Pill tone={finerTone(status, finer)} icon={<Icon size={14} stroke={2.2} />}>
      <bdi>{finer.label}</bdi>
    </Pill>
  );
}
