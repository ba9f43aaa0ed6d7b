import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Switch, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addMailDomain, deleteMailDomain, type MailDomain, updateMailDomain } from '@/lib/api';
import {
  checkMailDomainOptions,
  listMailDomainsOptions,
} from '@/lib/api/@tanstack/react-query.gen';
import { explain, fieldErrors } from '@/lib/problem';
import { DeleteButton } from '@/ui/delete-button';
import { Pill } from '@/ui/pill';
import { Fetched } from '@/ui/states';
import classes from './mail.module.css';
import { useMailChange, useMailWrite } from './write';

const must = { throwOnError: true } as const;

/** Whose mail is signed, and what the DNS says of the domains that mail is sent from. */
export function DomainsTab() {
  const { t } = useLingui();
  const domains = useQuery(listMailDomainsOptions());
  const add = useMailChange();
  const wrong = add.error && (fieldErrors(add.error).domain ?? explain(add.error));
  const [name, setName] = useState('');
  return (
    <Fetched query={domains}>
      {({ results, senders }) => (
        <>
          <p>
            <Trans>
              Mail that is signed (DKIM) is believed. Add the domain that mail is sent from, put the
              record into its DNS, check it here, and switch signing on.
            </Trans>
          </p>
          <form
            noValidate
            className={classes.filters}
            onSubmit={(event) => {
              event.preventDefault();
              add.mutate(() => addMailDomain({ body: { domain: name }, ...must }), {
                onSuccess: () => setName(''),
              });
            }}
          >
            <TextInput
              label={t`Domain`}
              value={name}
              placeholder={senders[0]}
              error={wrong}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button
              type="submit"
              disabled={!name}
              loading={add.isPending}
              style={{ alignSelf: wrong ? 'center' : 'flex-end' }}
            >
              <Trans>Add a domain</Trans>
            </Button>
          </form>
          <ul className={classes.list} aria-label={t`Domains`}>
            {results.map((domain) => (
              <Row key={domain.id} domain={domain} />
            ))}
          </ul>
          {[...new Set([...senders, ...results.map(({ domain }) => domain)])].map((domain) => (
            <Check key={domain} domain={domain} />
          ))}
        </>
      )}
    </Fetched>
  );
}

function Row({ domain }: { domain: MailDomain }) {
  const { t } = useLingui();
  const write = useMailWrite();
  const remove = useMailChange();
  const { id, domain: name } = domain;
  return (
    <li className={classes.row}>
      <Switch
        label={t`Sign mail of ${name}`}
        checked={domain.active}
        onChange={(event) => {
          const active = event.currentTarget.checked;
          write.mutate(() => updateMailDomain({ path: { id }, body: { active }, ...must }));
        }}
      />
      <DeleteButton
        name={name}
        title={t`Delete this domain?`}
        confirm={t`Delete domain`}
        onDelete={() => remove.mutateAsync(() => deleteMailDomain({ path: { id }, ...must }))}
      >
        <Trans>
          Its key goes with it: mail of {name} is not signed any more, and the record in the DNS is
          good for nothing.
        </Trans>
      </DeleteButton>
      <span className={classes.meta}>{domain.record_name} TXT</span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className={classes.source} tabIndex={0} style={{ gridColumn: '1 / -1' }}>
        {domain.record_value}
      </pre>
    </li>
  );
}

const titles = { spf: 'SPF', dkim: 'DKIM', dmarc: 'DMARC' } as const;

function Check({ domain }: { domain: string }) {
  const { t } = useLingui();
  const [asked, setAsked] = useState(false);
  const check = useQuery({ ...checkMailDomainOptions({ query: { domain } }), enabled: asked });
  return (
    <section className={classes.section} aria-label={t`DNS of ${domain}`}>
      <h2>{domain}</h2>
      <Button
        size="compact-sm"
        variant="default"
        loading={check.isFetching}
        onClick={() => (asked ? void check.refetch() : setAsked(true))}
        aria-label={t`Check the DNS of ${domain}`}
      >
        <Trans>Check the DNS</Trans>
      </Button>
      {asked && (
        <Fetched query={check}>
          {({ results }) => (
            <ul className={classes.list}>
              {results.map((one) => (
                <li key={one.what} className={classes.row}>
                  <span className={classes.title}>
                    {titles[one.what]}
                    <Pill
                      tone={one.ok ? 'green' : 'orange'}
                      icon={
                        one.ok ? <IconCircleCheck size={14} /> : <IconAlertTriangle size={14} />
                      }
                    >
                      {one.ok ? t`Right` : t`To be mended`}
                    </Pill>
                  </span>
                  <span />
                  <span className={classes.meta}>
                    {one.name} {one.found}
                  </span>
                  {one.problem && <p className={classes.problem}>{one.problem}</p>}
                  {one.wanted && (
                    <p className={classes.problem}>
                      <Trans>It could say: {one.wanted}</Trans>
                    </p>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Fetched>
      )}
    </section>
  );
}
