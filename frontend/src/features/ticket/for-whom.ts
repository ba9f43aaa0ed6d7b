/** Whether the form for a new ticket begins with the person it is for. */
let asked = false;

/** The next new ticket is for somebody who is on the telephone, say. */
export function askForWhom(): void {
  asked = true;
}

/** Tells whether it was asked for, once. */
export function forWhomAsked(): boolean {
  const was = asked;
  asked = false;
  return was;
}
