import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconClock,
  IconEyeOff,
  IconHandStop,
} from '@tabler/icons-react';
import { Pill } from '@/ui/pill';
import type { MailState } from './search-params';

export const mailStateLabels = {
  received: { label: msg`Waiting`, tone: 'blue', icon: IconClock },
  done: { label: msg`In a ticket`, tone: 'green', icon: IconCircleCheck },
  ignored: { label: msg`Ignored`, tone: 'grey', icon: IconEyeOff },
  held: { label: msg`Held`, tone: 'orange', icon: IconHandStop },
  failed: { label: msg`Failed`, tone: 'red', icon: IconAlertTriangle },
} as const satisfies Record<MailState, unknown>;

export function MailStatePill({ state }: { state: MailState }) {
  const { i18n } = useLingui();
  const { label, tone, icon: Icon } = mailStateLabels[state];
  return (
    <Pill tone={tone} icon={<Icon size={14} />}>
      {i18n._(label)}
    </Pill>
  );
}
