import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { asApiError, explain } from '@/lib/problem';

/** Why a form was not accepted, unless the reason already stands beside its fields. */
export function FormError({ error, shown = [] }: { error: unknown; shown?: readonly string[] }) {
  if (!error) return null;
  const { fields } = asApiError(error);
  const elsewhere = Object.entries(fields).filter(([field]) => !shown.includes(field));
  if (Object.keys(fields).length > 0 && elsewhere.length === 0) return null;
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle size={18} />}>
      {explain(error)}
      {elsewhere.map(([field, messages]) => (
        <div key={field}>
          {field}: {messages.join(' ')}
        </div>
      ))}
    </Alert>
  );
}
