import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

/** A length of time in two units at most: "3 d 4 h", "2 h 05 min", "12 min". */
export function spell(seconds: number): MessageDescriptor {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const restHours = hours % 24;
  const restMinutes = minutes % 60;
  if (days > 0) return restHours > 0 ? msg`${days} d ${restHours} h` : msg`${days} d`;
  if (hours > 0) return restMinutes > 0 ? msg`${hours} h ${restMinutes} min` : msg`${hours} h`;
  return msg`${minutes} min`;
}

/** The same in its greater unit alone, where room counts for more than minutes. */
export function spellBriefly(seconds: number): MessageDescriptor {
  const unit = [86_400, 3600].find((one) => seconds >= one) ?? 60;
  return spell(seconds - (seconds % unit));
}

/** Working time, whose days are of no fixed length: "27 h 5 min". */
export function spellHours(seconds: number): MessageDescriptor {
  const all = Math.floor(seconds / 60);
  const hours = Math.floor(all / 60);
  const minutes = all % 60;
  if (hours === 0) return msg`${minutes} min`;
  return minutes > 0 ? msg`${hours} h ${minutes} min` : msg`${hours} h`;
}
