import type { UseFormReturnType } from '@mantine/form';
import { useEffect } from 'react';
import { fieldErrors } from './problem';

/** Puts the server's objections beside their fields and goes to the first of them. */
export function showServerErrors<T extends Record<string, unknown>>(
  form: UseFormReturnType<T>,
  error: unknown,
): void {
  form.setErrors(fieldErrors(error));
  focusFirstError();
}

/** Moves to the first field that is wrong, once it is marked; without one, to what is said of it. */
export function focusFirstError(): void {
  setTimeout(() => {
    // What lies under a dialog is not to be reached.
    const forms = [...document.querySelectorAll('[role="dialog"] form')].slice(-1);
    const places = forms.length > 0 ? forms : [...document.querySelectorAll('form')];
    const first = (what: string) =>
      places.map((form) => form.querySelector<HTMLElement>(what)).find((one) => one !== null);
    (first('[aria-invalid="true"]') ?? first('[role="alert"][tabindex]'))?.focus();
  });
}

/**
 * Moves to what is wrong when a save was refused: the button that was pressed could not be
 * used meanwhile, and the focus is lost with that.
 */
export function useErrorFocus(error: unknown): void {
  useEffect(() => {
    if (error) focusFirstError();
  }, [error]);
}
