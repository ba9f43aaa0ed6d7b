import type { QueryClient } from '@tanstack/react-query';
import { listFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { asApiError, explain, fieldErrors } from '@/lib/problem';
import { announce } from '@/lib/status-line';

const prefix = 'fields.';

/** Which of the desk's own fields were refused, by their slugs. */
const refusedFields = (error: unknown): string[] =>
  Object.keys(fieldErrors(error))
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));

/** What the server says about each property, with the names of the desk's own fields. */
export async function refusalText(client: QueryClient, error: unknown): Promise<string> {
  const wrong = Object.entries(fieldErrors(error));
  const slugs = refusedFields(error);
  const known =
    slugs.length === 0
      ? []
      : await client
          .ensureQueryData(listFieldsOptions())
          .then(({ fields }) => fields)
          .catch(() => []);
  const text = wrong
    .map(([key, message]) => {
      if (!key.startsWith(prefix)) return message;
      const slug = key.slice(prefix.length);
      return `${known.find((field) => field.slug === slug)?.name ?? slug}: ${message}`;
    })
    .join(' ');
  return text || explain(error);
}

/** Says in the status line why something was refused; `otherwise` where no property is named. */
export function announceRefusal(
  client: QueryClient,
  error: unknown,
  otherwise: (error: unknown) => string = explain,
): void {
  if (Object.keys(asApiError(error).fields).length === 0) {
    announce(otherwise(error), 'bad');
    return;
  }
  void refusalText(client, error).then((text) => announce(text, 'bad'));
}

/**
 * Goes to the first field that was refused, where the ticket is open. Whoever writes
 * meanwhile, or has moved on to another ticket of a list, stays there.
 */
export function focusRefused(ticket: number, error: unknown): void {
  const [slug] = refusedFields(error);
  if (!slug || !document.querySelector(`[data-ticket="${ticket}"]`)) return;
  if (document.activeElement?.closest('input, textarea, [contenteditable="true"], [data-row]')) {
    return;
  }
  document.getElementById(fieldId(slug))?.focus();
}

/** The id of the input of a field beside the ticket. */
export const fieldId = (slug: string): string => `ticket-field-${slug}`;
