import { Trans, useLingui } from '@lingui/react/macro';
import {
  Button,
  Group,
  type MantineColorScheme,
  NativeSelect,
  Stack,
  Switch,
  useMantineColorScheme,
} from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useState } from 'react';
import { DeviceSwitch } from '@/features/notification';
import { type Contrast, chooseContrast, chosenContrast } from '@/lib/contrast';
import { chooseLanguage, type Language, languages } from '@/lib/i18n';
import { signOut } from '@/lib/session-end';
import { useSingleKeys } from '@/lib/shortcuts';
import { Section } from '@/ui/section';
import { TextLink } from '@/ui/text-link';
import { useUpdateProfile } from './api';

/** Choices that stay in this browser. */
export function Appearance() {
  const { t, i18n } = useLingui();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const profile = useUpdateProfile();
  const [contrast, setContrast] = useState(chosenContrast);
  return (
    <Section title={t`This browser`}>
      <Stack>
        <Group grow preventGrowOverflow={false} align="end">
          <NativeSelect
            label={t`Appearance`}
            value={colorScheme}
            onChange={(event) => setColorScheme(event.currentTarget.value as MantineColorScheme)}
            data={[
              { value: 'auto', label: t`As the system` },
              { value: 'light', label: t`Light` },
              { value: 'dark', label: t`Dark` },
            ]}
          />
          <NativeSelect
            label={t`Contrast`}
            value={contrast}
            onChange={(event) => {
              const next = event.currentTarget.value as Contrast;
              setContrast(next);
              chooseContrast(next);
            }}
            data={[
              { value: 'auto', label: t`As the system` },
              { value: 'normal', label: t`Normal` },
              { value: 'more', label: t`High` },
            ]}
          />
          <NativeSelect
            label={t`Language`}
            value={i18n.locale}
            onChange={(event) => {
              const language = event.currentTarget.value as Language;
              void chooseLanguage(language);
              // For mails, and for the next browser.
              profile.mutate({ body: { language } });
            }}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          />
        </Group>
        <Switch
          label={t`Single-key shortcuts`}
          description={t`For example / for search and c for a new ticket. Press ? for all of them.`}
          checked={singleKeys}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        <DeviceSwitch />
        <TextLink to="/notifications/settings">
          <Trans>Choose notifications</Trans>
        </TextLink>
        <Group>
          <Button
            variant="default"
            leftSection={<IconLogout size={16} />}
            onClick={() => void signOut()}
          >
            <Trans>Sign out</Trans>
          </Button>
        </Group>
      </Stack>
    </Section>
  );
}
