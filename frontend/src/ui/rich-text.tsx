import { Trans } from '@lingui/react/macro';
import DOMPurify from 'dompurify';
import { useMemo } from 'react';
import classes from './rich-text.module.css';

/** The server sanitises; the browser does it once more, with the same short list. */
const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'strong', 'em', 'del', 'blockquote', 'pre', 'code', 'ul', 'ol', 'li'],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
    ...['a', 'span', 'input'],
  ],
  ALLOWED_ATTR: ['href', 'rel', 'target', 'class', 'start', 'align', 'type', 'checked', 'disabled'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

/** A quote of more characters than this is folded: everybody has read it already. */
const foldFrom = 280;

interface Part {
  html: string;
  quoted: boolean;
}

/** The parts of a text: long quotes apart from what was written anew. */
export function partsOf(html: string): Part[] {
  const box = document.createElement('template');
  box.innerHTML = DOMPurify.sanitize(html, allowed);
  const parts: Part[] = [];
  for (const node of box.content.childNodes) {
    const piece = node instanceof Element ? node.outerHTML : (node.textContent ?? '');
    const quoted =
      node instanceof Element &&
      node.tagName === 'BLOCKQUOTE' &&
      (node.textContent ?? '').length > foldFrom;
    const last = parts.at(-1);
    if (last && last.quoted === quoted) last.html += piece;
    else parts.push({ html: piece, quoted });
  }
  return parts;
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
