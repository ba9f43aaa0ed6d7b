import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconPlayerPause,
} from '@tabler/icons-react';
import type { Webhook } from '@/lib/api';
import { Pill } from '@/ui/pill';
import type { DeliveryState } from './search-params';

export const deliveryStateLabels = {
  pending: { label: msg`Waiting`, tone: 'blue', icon: IconClock },
  delivered: { label: msg`Delivered`, tone: 'green', icon: IconCircleCheck },
  dead: { label: msg`Given up`, tone: 'red', icon: IconAlertTriangle },
  cancelled: { label: msg`Cancelled`, tone: 'grey', icon: IconBan },
} as const satisfies Record<DeliveryState, unknown>;

export function DeliveryStatePill({ state }: { state: DeliveryState }) {
  const { i18n } = useLingui();
  const { label, tone, icon: Icon } = deliveryStateLabels[state];
  return (
    <Pill tone={tone} icon={<Icon size={14} />}>
      {i18n._(label)}
    </Pill>
  );
}

/** How a webhook fares. */
export function WebhookStatePill({ webhook }: { webhook: Webhook }) {
  const { t } = useLingui();
  if (webhook.disabled_reason) {
    return (
      <Pill tone="red" icon={<IconAlertTriangle size={14} />}>
        {webhook.disabled_reason === 'gone' ? t`Disabled: gone` : t`Disabled: failing`}
      </Pill>
    );
  }
  if (!webhook.active) {
    return (
      <Pill tone="grey" icon={<IconPlayerPause size={14} />}>
        {t`Off`}
      </Pill>
    );
  }
  if (webhook.failures > 0) {
    return (
      <Pill tone="orange" icon={<IconAlertTriangle size={14} />}>
        {t`Failing`}
      </Pill>
    );
  }
  return (
    <Pill tone="green" icon={<IconCircleCheck size={14} />}>
      {t`On`}
    </Pill>
  );
}
