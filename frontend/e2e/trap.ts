import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';

interface Entry {
  name: string;
  text: string;
  times?: number;
}

export interface Hostile {
  name: string;
  text: string;
}

/** The texts that must stay inert wherever they are shown; the Go tests read the same file. */
export function hostileTexts(): Hostile[] {
  const file = new URL('../../api/platform/markdown/testdata/hostile.json', import.meta.url);
  const all = JSON.parse(readFileSync(file, 'utf8')) as Entry[];
  return all.map(({ name, text, times = 1 }) => ({ name, text: text.repeat(times) }));
}

/** The first characters of a text, whole code points. */
export function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}

/** Everything that shows that a hostile text did something. */
export class Trap {
  readonly caught: string[] = [];
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Watches a window from before its first page. */
  async set(context: BrowserContext): Promise<void> {
    await context.exposeBinding('fdCaught', (source, what: string) => {
      this.caught.push(`${what} on ${source.page.url()}`);
    });
    await context.addInitScript(() => {
      const tell = (globalThis as unknown as { fdCaught: (what: string) => void }).fdCaught;
      Object.defineProperty(globalThis, 'fdTrap', { value: () => tell('executed') });
      document.addEventListener('securitypolicyviolation', (event) => {
        tell(`violates ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
      });
    });
    context.on('page', (page) => this.watch(page));
    for (const page of context.pages()) this.watch(page);
  }

  private watch(page: Page): void {
    page.on('dialog', (dialog) => {
      this.caught.push(`dialog on ${page.url()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => this.caught.push(`window ${popup.url()} from ${page.url()}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.origin}/`) && !url.startsWith('data:image/')) {
        this.caught.push(`asks ${url.slice(0, 100)} on ${page.url()}`);
      }
    });
  }

  /** What the page holds that a text must not have brought, and how far it is too wide. */
  async look(page: Page): Promise<void> {
    const found = await page.evaluate(() => {
      const wrong: string[] = [];
      const say = (element: Element, what: string) =>
        wrong.push(`${what} in ${element.outerHTML.slice(0, 120)}`);
      for (const element of document.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
          if (/^on/i.test(name)) say(element, name);
          const address =
            /^(?:href|src|action|formaction|data|srcset|poster|ping|background|xlink:href)$/;
          if (!address.test(name)) continue;
          const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(value.replace(/[\s\p{Cc}]/gu, ''))?.[0];
          if (scheme && !/^(?:https?|mailto)$/i.test(scheme)) say(element, `${name} ${scheme}:`);
        }
      }
      const never =
        'iframe,object,embed,applet,base,frame,frameset,portal,fencedframe,math,marquee';
      for (const element of document.querySelectorAll(
        `${never},meta[http-equiv],[srcdoc],[nonce]`,
      )) {
        say(element, 'forbidden element');
      }
      for (const script of document.querySelectorAll('script')) {
        const own =
          script.src.startsWith(`${location.origin}/`) && script.parentElement?.tagName === 'HEAD';
        if (!own) say(script, 'script');
      }
      // Within what people wrote, the allow list holds.
      const texts =
        '[data-written] :is(script,style,link,svg,img,form,button,textarea,select,video,audio)';
      for (const element of document.querySelectorAll(texts)) say(element, 'element');
      for (const element of document.querySelectorAll(
        '[data-written] [style],[data-written] [id]',
      )) {
        say(element, 'style or id');
      }
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth > clientWidth) wrong.push(`${scrollWidth - clientWidth} px too wide`);
      return wrong;
    });
    this.caught.push(...found.map((what) => `${what} on ${page.url()}`));
  }
}
