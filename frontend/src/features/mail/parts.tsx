import { Trans, useLingui } from '@lingui/react/macro';
import type { MailParts, MailStep } from '@/lib/api';
import { RichText } from '@/ui/rich-text';
import classes from './mail.module.css';

/** Why a message went where it is. */
export function Trace({ steps }: { steps: MailStep[] }) {
  const { t } = useLingui();
  return (
    <section className={classes.section} aria-label={t`Decisions`}>
      <h2>
        <Trans>Decisions</Trans>
      </h2>
      {steps.length === 0 ? (
        <Trans>Nothing has been decided yet.</Trans>
      ) : (
        <ol className={classes.trace}>
          {steps.map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have an order and never change
            <li key={at} data-code={step.code}>
              {step.text}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** What a message says, taken apart. */
export function Parts({ parts }: { parts: MailParts }) {
  const { t } = useLingui();
  const texts = [
    { title: t`New text`, text: parts.new },
    { title: t`Quoted`, text: parts.quoted },
    { title: t`Signature`, text: parts.signature },
  ].filter(({ text }) => text);
  return (
    <>
      {parts.crypto && (
        <p>
          <Trans>Protected: {parts.crypto}</Trans>
        </p>
      )}
      {texts.map(({ title, text }) => (
        <section key={title} className={classes.section} aria-label={title}>
          <h2>{title}</h2>
          <div className={classes.text}>{text}</div>
        </section>
      ))}
      {parts.html && (
        <details className={classes.section}>
          <summary>
            <Trans>As it was formatted</Trans>
          </summary>
          <RichText html={parts.html} />
        </details>
      )}
      {parts.files.length > 0 && (
        <section className={classes.section} aria-label={t`Files`}>
          <h2>
            <Trans>Files</Trans>
          </h2>
          <ul>
            {parts.files.map((file, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name
              <li key={at}>
                {file.name} ({file.media_type}, <Trans>{file.size} bytes</Trans>)
              </li>
            ))}
          </ul>
        </section>
      )}
      <details className={classes.section}>
        <summary>
          <Trans>Headers</Trans>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <pre className={classes.source} tabIndex={0}>
          {parts.header}
        </pre>
      </details>
    </>
  );
}
