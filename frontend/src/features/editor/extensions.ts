import { type Extensions, Node } from '@tiptap/core';
import { TableCell, TableHeader, TableKit } from '@tiptap/extension-table';
import { Placeholder } from '@tiptap/extensions';
import StarterKit from '@tiptap/starter-kit';

/** A picture of a text: named, not loaded, so that nobody elsewhere learns who reads. */
const Picture = Node.create({
  name: 'image',
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes: () => ({ src: { default: '' }, alt: { default: '' }, title: { default: null } }),
  renderHTML: ({ node }) => [
    'span',
    { 'data-picture': '', title: node.attrs.src },
    node.attrs.alt || node.attrs.src,
  ],
  renderText: ({ node }) => node.attrs.alt || node.attrs.src,
});

const aligned = {
  content: 'paragraph',
  addAttributes() {
    return {
      align: {
        default: null,
        parseHTML: (element: HTMLElement) => element.getAttribute('align'),
        renderHTML: ({ align }: { align?: string | null }) => (align ? { align } : {}),
      },
    };
  },
};

/** What can be written: no more than Markdown can say. */
export function extensions(placeholder: () => string): Extensions {
  const kit = StarterKit.extend({
    addExtensions() {
      return (this.parent?.() ?? []).map((extension) => {
        // Code may be bold or a link, as in Markdown.
        if (extension.name === 'code') return extension.extend({ excludes: '' });
        if (extension.name === 'link') {
          return extension.extend({
            addAttributes(this: { parent?: () => Record<string, object> }) {
              return { ...this.parent?.(), title: { default: null } };
            },
          });
        }
        // Pasted lists are read as all Markdown is.
        if (extension.name === 'orderedList') {
          return extension.extend({ addProseMirrorPlugins: () => [] });
        }
        // Ctrl Enter sends.
        if (extension.name === 'hardBreak') {
          return extension.extend({
            addKeyboardShortcuts() {
              return { 'Shift-Enter': () => this.editor.commands.setHardBreak() };
            },
          });
        }
        return extension;
      });
    },
  });
  return [
    kit.configure({
      underline: false,
      trailingNode: false,
      link: {
        openOnClick: false,
        autolink: true,
        linkOnPaste: true,
        protocols: ['http', 'https', 'mailto'],
        isAllowedUri: (url) => /^(?:https?:\/\/|mailto:)/i.test(url),
        shouldAutoLink: (url) => /^https?:\/\//i.test(url),
        HTMLAttributes: { rel: 'noopener noreferrer nofollow', target: null, class: null },
      },
    }),
    TableKit.configure({ table: { resizable: false }, tableCell: false, tableHeader: false }),
    TableHeader.extend(aligned),
    TableCell.extend(aligned),
    Picture,
    Placeholder.configure({ placeholder }),
  ];
}
