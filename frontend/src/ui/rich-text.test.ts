import { expect, it } from 'vitest';
import { partsOf } from './rich-text';

const folded = (html: string) => partsOf(html).map((part) => part.quoted);

it('folds what a mail quotes, with the line above it', () => {
  const on = '<p>On Mon, 2 Mar 2026 at 09:10, Erin &lt;erin@example.org&gt; wrote:</p>';
  expect(folded(`<p>Done.</p>${on}<blockquote><p>Is it?</p></blockquote>`)).toEqual([false, true]);
  const am = '<p>Am 02.03.2026 um 09:10 schrieb Erin:</p>';
  expect(folded(`<p>Ja.</p>\n${am}\n<blockquote><p>Ist es?</p></blockquote>`)).toEqual([
    false,
    true,
  ]);
  const line = '<p>-----Original Message-----</p><p>From: Erin</p><p>Is it?</p>';
  expect(folded(`<p>Yes.</p>${line}`)).toEqual([false, true]);
});

it('leaves short quotes, what only looks alike, and texts that are nothing but a quote', () => {
  expect(folded('<p>You said</p><blockquote><p>no</p></blockquote><p>Why?</p>')).toEqual([false]);
  expect(folded('<p>On Monday she wrote: it is done.</p><p>Fine.</p>')).toEqual([false]);
  expect(folded(`<blockquote><p>${'long '.repeat(100)}</p></blockquote>`)).toEqual([false]);
});
