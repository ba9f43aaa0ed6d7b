import { Trans, useLingui } from '@lingui/react/macro';
import { IconEyeOff } from '@tabler/icons-react';
import { Pill } from '@/ui/pill';

/** Says that only those see the ticket whom it names. */
export function ConfidentialPill() {
  const { t } = useLingui();
  return (
    <span title={t`Only those whom it names see this ticket`}>
      <Pill tone="orange" icon={<IconEyeOff size={14} aria-hidden />}>
        <Trans>Confidential</Trans>
      </Pill>
    </span>
  );
}
