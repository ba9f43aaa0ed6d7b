import { Trans, useLingui } from '@lingui/react/macro';
import { Alert, Checkbox, Group, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import type {
  NotificationChannels,
  NotificationChannelsUpdate,
  NotificationSettings,
  NotificationSettingsUpdate,
} from '@/lib/api';
import { explain } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Page } from '@/ui/page';
import { Section } from '@/ui/section';
import { Fetched } from '@/ui/states';
import { useChooseNotifications, useNotificationSettings } from './api';
import { DeviceSwitch } from './device-switch';
import classes from './notification.module.css';

/** Which events one hears of, and how. Each choice is kept at once. */
export function NotificationSettingsPage() {
  const { t } = useLingui();
  const query = useNotificationSettings();
  return (
    <Page title={t`Choose notifications`} width="narrow">
      <Fetched query={query}>{(settings) => <Choices settings={settings} />}</Fetched>
    </Page>
  );
}

function Choices({ settings }: { settings: NotificationSettings }) {
  const { t } = useLingui();
  const choose = useChooseNotifications();
  const save = (body: NotificationSettingsUpdate) =>
    choose.mutate({ body }, { onSuccess: () => announce(t`Kept`) });
  const change = (one: NotificationChannels, part: Partial<NotificationChannelsUpdate>) =>
    save({ kinds: [{ ...one, ...part }] });
  const quiet = settings.quiet_from !== null;
  return (
    <Stack gap="lg">
      {!!choose.error && (
        <Alert color="red" role="alert">
          {explain(choose.error)}
        </Alert>
      )}
      <Section title={t`What and how`}>
        <Matrix settings={settings} change={change} />
        <p className={classes.hint}>
          <Trans>
            You never hear of what you did yourself. What happens to a ticket within a minute comes
            as one message. Answers to your own requests come by the mail of the ticket as well.
          </Trans>
        </p>
      </Section>
      <Section title={t`When`}>
        <Stack>
          <Switch
            label={t`Quiet hours`}
            description={t`Mail and push wait until they are over, and then come as one.`}
            checked={quiet}
            onChange={() =>
              save(
                quiet
                  ? { quiet_from: null, quiet_to: null }
                  : { quiet_from: '20:00', quiet_to: '07:00' },
              )
            }
          />
          <Group grow align="end">
            {settings.quiet_from !== null && settings.quiet_to !== null && (
              <>
                <Time
                  label={t`From`}
                  value={settings.quiet_from}
                  onChange={(at) => save({ quiet_from: at, quiet_to: settings.quiet_to })}
                />
                <Time
                  label={t`Until`}
                  value={settings.quiet_to}
                  onChange={(at) => save({ quiet_from: settings.quiet_from, quiet_to: at })}
                />
              </>
            )}
            <Time
              label={t`Daily mail at`}
              value={settings.digest_at}
              onChange={(at) => save({ digest_at: at })}
            />
          </Group>
          <p className={classes.hint}>
            <Trans>
              Times are those of {settings.time_zone}. Your profile says which time zone is yours.
            </Trans>
          </p>
        </Stack>
      </Section>
      <Section title={t`This browser`}>
        <DeviceSwitch />
      </Section>
    </Stack>
  );
}

interface MatrixProps {
  settings: NotificationSettings;
  change: (one: NotificationChannels, part: Partial<NotificationChannelsUpdate>) => void;
}

function Matrix({ settings, change }: MatrixProps) {
  const { t } = useLingui();
  const kinds = {
    assigned: t`A ticket is assigned to me`,
    mention: t`I am mentioned`,
    reply: t`Comments and notes on my tickets`,
    status: t`The status of my tickets`,
    sla: t`A target is near or missed`,
    watching: t`I am added to a ticket`,
  };
  const modes = [
    { value: 'off', label: t`Off` },
    { value: 'at_once', label: t`At once` },
    { value: 'hourly', label: t`Every hour` },
    { value: 'daily', label: t`Once a day` },
  ];
  return (
    <ul className={classes.matrix} aria-label={t`What and how`}>
      {settings.kinds.map((one) => {
        const kind = kinds[one.kind];
        return (
          <li key={one.kind} className={classes.choice}>
            <span className={classes.kind}>{kind}</span>
            <Checkbox
              label={t`In the app`}
              aria-label={t`In the app: ${kind}`}
              checked={one.in_app}
              onChange={(event) => change(one, { in_app: event.currentTarget.checked })}
            />
            <Checkbox
              label={t`Push`}
              aria-label={t`Push: ${kind}`}
              checked={one.push}
              onChange={(event) => change(one, { push: event.currentTarget.checked })}
            />
            <NativeSelect
              aria-label={t`Mail: ${kind}`}
              value={one.mail}
              onChange={(event) =>
                change(one, { mail: event.currentTarget.value as NotificationChannels['mail'] })
              }
              data={modes.map(({ value, label }) => ({ value, label: t`Mail: ${label}` }))}
            />
          </li>
        );
      })}
    </ul>
  );
}

function Time(props: { label: string; value: string; onChange: (at: string) => void }) {
  const { label, value, onChange } = props;
  return (
    <TextInput
      key={value}
      type="time"
      label={label}
      defaultValue={value}
      onBlur={(event) => {
        const at = event.currentTarget.value;
        if (at && at !== value) onChange(at);
      }}
    />
  );
}
