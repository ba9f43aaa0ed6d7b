import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Button, Group, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { PlainText } from '@/ui/plain-text';
import classes from './edit-ticket.module.css';
import type { TextField, Texts } from './merge-edit';

interface EditConflictProps {
  /** The fields that both have changed. */
  fields: TextField[];
  theirs: Texts;
  mine: Texts;
  busy: boolean;
  /** Saves; for these fields, the version on the server. */
  onSave: (fromTheirs: TextField[]) => void;
  onTakeTheirs: () => void;
}

/** Both versions of what two people changed at once, to choose from field by field. */
export function EditConflict(props: EditConflictProps) {
  const { fields, theirs, mine, busy, onSave, onTakeTheirs } = props;
  const { t } = useLingui();
  const [fromTheirs, setFromTheirs] = useState<TextField[]>([]);
  const names = { title: t`Title`, description: t`Description` };
  const choose = (field: TextField, whose: string) =>
    setFromTheirs((now) => [
      ...now.filter((one) => one !== field),
      ...(whose === 'theirs' ? [field] : []),
    ]);
  return (
    <Alert
      color="orange"
      role="alert"
      title={t`Somebody changed this ticket while you were editing`}
    >
      <Stack gap="sm">
        {fields.map((field) => (
          <Radio.Group
            key={field}
            label={names[field]}
            value={fromTheirs.includes(field) ? 'theirs' : 'mine'}
            onChange={(whose) => choose(field, whose)}
          >
            <div className={classes.versions}>
              <Version heading={t`The version on the server`} text={theirs[field]}>
                <Radio value="theirs" label={t`Take the version on the server`} />
              </Version>
              <Version heading={t`Your version`} text={mine[field]}>
                <Radio value="mine" label={t`Take your version`} />
              </Version>
            </div>
          </Radio.Group>
        ))}
        <Group gap="xs">
          <Button size="xs" onClick={() => onSave(fromTheirs)} loading={busy}>
            <Trans>Save what is chosen</Trans>
          </Button>
          <Button size="xs" variant="default" onClick={onTakeTheirs}>
            <Trans>Give up your changes</Trans>
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Version({
  heading,
  text,
  children,
}: {
  heading: string;
  text: string;
  children: React.ReactNode;
}) {
  return (
    <div>
      {children}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <section className={classes.version} tabIndex={0} aria-label={heading}>
        <PlainText text={text} />
      </section>
    </div>
  );
}
