import { setupI18n } from '@lingui/core';
import { expect, it } from 'vitest';
import { messages } from '@/locales/de/messages.po';
import { spell, spellBriefly } from './duration';

const i18n = setupI18n({ locale: 'de', messages: { de: messages } });
const day = 86_400;

it.each([
  [2 * day + 9 * 3600 + 60, '2 T 9 Std.', '2 T'],
  [day, '1 T', '1 T'],
  [day - 1, '23 Std. 59 Min.', '23 Std.'],
  [3600 + 59, '1 Std.', '1 Std.'],
  [3599, '59 Min.', '59 Min.'],
  [5, '0 Min.', '0 Min.'],
])('spells %d seconds as %s, or %s', (seconds, whole, brief) => {
  expect(i18n._(spell(seconds))).toBe(whole);
  expect(i18n._(spellBriefly(seconds))).toBe(brief);
});
