import { Trans } from '@lingui/react/macro';
import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { inUse } from '@/lib/in-use';
import { asApiError, explain } from '@/lib/problem';

interface FormErrorProps {
  error: unknown;
  /** The fields that say themselves what is wrong with them. */
  shown?: readonly string[];
  /** The next try is over what somebody else made of it meanwhile. */
  overwrites?: boolean;
}

/** Why a form was not accepted, unless the reason already stands beside its fields. */
export function FormError({ error, shown = [], overwrites = false }: FormErrorProps) {
  if (!error) return null;
  const { status, fields } = asApiError(error);
  const used = inUse(error);
  const elsewhere = used ? [] : Object.entries(fields).filter(([field]) => !shown.includes(field));
  if (Object.keys(fields).length > 0 && elsewhere.length === 0 && !used) return null;
  return (
    <Alert color="red" role="alert" tabIndex={-1} icon={<IconAlertTriangle size={18} />}>
      {used ?? explain(error)}{' '}
      {overwrites && status === 412 && (
        <Trans>Saving again puts what you have here in the place of that.</Trans>
      )}
      {elsewhere.map(([field, messages]) => (
        <div key={field}>
          {field}: {messages.join(' ')}
        </div>
      ))}
    </Alert>
  );
}
