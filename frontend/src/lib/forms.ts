import type { UseFormReturnType } from '@mantine/form';
import { fieldErrors } from './problem';

/** Puts the server's objections beside their fields and goes to the first of them. */
export function showServerErrors<T extends Record<string, unknown>>(
  form: UseFormReturnType<T>,
  error: unknown,
): void {
  form.setErrors(fieldErrors(error));
  focusFirstError();
}

/** Moves to the first field that is wrong, once it is marked. */
export function focusFirstError(): void {
  setTimeout(() => {
    document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();
  });
}
