import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getMe } from '@/lib/api';
import { ifMatch } from '@/lib/etag';
import { showServerErrors } from '@/lib/forms';
import { asApiError } from '@/lib/problem';
import { updateSessionUser, useMe } from '@/lib/session';
import { announce } from '@/lib/status-line';
import { browserTimeZone } from '@/lib/time';
import { FormError } from '@/ui/form-error';
import { Section } from '@/ui/section';
import { useUpdateProfile } from './api';

const fields = [
  'full_name',
  'first_name',
  'last_name',
  'phone',
  'department',
  'time_zone',
] as const;

/** The zones that the browser knows, and the one that is chosen already. */
function timeZones(chosen: string): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return chosen && !known.includes(chosen) ? [chosen, ...known] : known;
}

export function ProfileForm() {
  const { t } = useLingui();
  const me = useMe();
  const update = useUpdateProfile();
  const form = useForm({
    initialValues: {
      full_name: me.full_name,
      first_name: me.first_name,
      last_name: me.last_name,
      phone: me.phone,
      department: me.department,
      time_zone: me.time_zone,
    },
  });
  const submit = form.onSubmit((values) =>
    update.mutate(
      { body: values, headers: ifMatch(me) },
      {
        onSuccess: (saved) => {
          form.resetDirty(values);
          form.setInitialValues(values);
          updateSessionUser(saved);
          announce(t`Profile saved`);
        },
        onError: async (error) => {
          showServerErrors(form, error);
          // The next try compares with what is stored now.
          if (asApiError(error).status === 412) {
            const { data } = await getMe();
            if (data) updateSessionUser(data);
          }
        },
      },
    ),
  );
  const stale = update.error && asApiError(update.error).status === 412;
  return (
    <Section title={t`About you`}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            <Trans>
              Signed in as {me.username} ({me.email}).
            </Trans>
          </Text>
          {stale ? (
            <Text role="alert" c="var(--mantine-color-error)">
              <Trans>
                Your profile was changed elsewhere in the meantime. Save again to keep this version.
              </Trans>
            </Text>
          ) : (
            <FormError error={update.error} shown={fields} />
          )}
          <TextInput
            label={t`Full name`}
            autoComplete="name"
            {...form.getInputProps('full_name')}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={t`First name`}
              autoComplete="given-name"
              {...form.getInputProps('first_name')}
            />
            <TextInput
              label={t`Last name`}
              autoComplete="family-name"
              {...form.getInputProps('last_name')}
            />
            <TextInput
              label={t`Phone`}
              type="tel"
              autoComplete="tel"
              {...form.getInputProps('phone')}
            />
            <TextInput
              label={t`Department`}
              autoComplete="organization"
              {...form.getInputProps('department')}
            />
          </SimpleGrid>
          <NativeSelect
            label={t`Time zone`}
            description={t`Days begin and times are shown in it.`}
            data={[
              { value: '', label: t`As this browser (${browserTimeZone()})` },
              ...timeZones(me.time_zone).map((value) => ({
                value,
                label: value.replaceAll('_', ' '),
              })),
            ]}
            {...form.getInputProps('time_zone')}
          />
          <Group>
            <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
              <Trans>Save profile</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
