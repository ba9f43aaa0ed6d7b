import { Trans } from '@lingui/react/macro';
import DOMPurify from 'dompurify';
import { useMemo } from 'react';
import classes from './rich-text.module.css';

/** The server sanitises; the browser does it once more, with the same short list. */
const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'blockquote', 'pre', 'code', 'ul', 'ol', 'li'],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
    ...['a', 'span', 'input', 'img'],
  ],
  // A picture has no address: it names an attachment, which the app fetches as whoever reads.
  ALLOWED_ATTR: [
    'href',
    'rel',
    'target',
    'class',
    'start',
    'align',
    'type',
    'checked',
    'disabled',
    'alt',
  ],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

/** A quote of more characters than this is folded: everybody has read it already. */
const foldFrom = 280;

interface Part {
  html: string;
  quoted: boolean;
}

/** The line that mail programs put above what they quote. */
const attribution =
  /^(?:On|Am)\b.{4,300}(?:wrote|schrieb)\b.{0,120}:$|^.{1,200}\s(?:wrote|schrieb):$/su;
const original = /^-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Forwarded message)\s*-{2,}/i;

/** Whether a part is what somebody else had written before. */
function isQuoted(node: Element, rest: boolean): boolean {
  const text = (node.textContent ?? '').trim();
  if (rest || original.test(text)) return true;
  const next = node.nextElementSibling;
  if (node.tagName === 'P' && next?.tagName === 'BLOCKQUOTE') return attribution.test(text);
  if (node.tagName !== 'BLOCKQUOTE') return false;
  const before = node.previousElementSibling;
  const told = before?.tagName === 'P' && attribution.test((before.textContent ?? '').trim());
  return told || text.length > foldFrom;
}

/** The parts of a text: long quotes apart from what was written anew. */
export function partsOf(html: string): Part[] {
  const box = document.createElement('template');
  box.innerHTML = DOMPurify.sanitize(html, allowed);
  const parts: Part[] = [];
  // After the line of a forwarded or original mail, everything is.
  let rest = false;
  for (const node of box.content.childNodes) {
    const piece = node instanceof Element ? node.outerHTML : (node.textContent ?? '');
    const last = parts.at(-1);
    // White space goes with what it follows.
    const quoted =
      node instanceof Element ? isQuoted(node, rest) : piece.trim() === '' && !!last?.quoted;
    if (node instanceof Element && original.test((node.textContent ?? '').trim())) rest = true;
    if (last && last.quoted === quoted) last.html += piece;
    else parts.push({ html: piece, quoted });
  }
  // A text that is nothing but a quote is what somebody wanted to show.
  return parts.every((part) => part.quoted)
    ? parts.map((part) => ({ ...part, quoted: false }))
    : parts;
}

/** Text that people formatted. */
export function RichText({ html }: { html: string }) {
  const parts = useMemo(() => partsOf(html), [html]);
  return (
    <div dir="auto" className={classes.text} data-written>
      {parts.map((part, i) =>
        part.quoted ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text keep their order
          <details key={i}>
            <summary>
              <Trans>Show quoted text</Trans>
            </summary>
            <Html html={part.html} />
          </details>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text keep their order
          <Html key={i} html={part.html} />
        ),
      )}
    </div>
  );
}

function Html({ html }: { html: string }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by partsOf, a few lines above
  return <div dangerouslySetInnerHTML={{ __html: html }} />;
}
