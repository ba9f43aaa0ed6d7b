import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, NativeSelect } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getSplitReportOptions, listFieldsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { download, saveFile } from '@/lib/download';
import { explain, fieldErrors } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { Section } from '@/ui/section';
import { BreakdownTable } from './breakdown-table';

/** Kinds of fields that have few values. */
export const countable = ['choice', 'multi_choice', 'checkbox'];

/** The period split by tag, or by a field that has few values. */
export function SplitSection({ days }: { days: { from: string; to: string } }) {
  const { t } = useLingui();
  const [by, setBy] = useState('tag');
  const fields = useQuery(listFieldsOptions()).data?.fields ?? [];
  const query = { by, ...days };
  const report = useQuery({
    ...getSplitReportOptions({ query }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const save = useMutation({
    mutationFn: async () =>
      saveFile(await download(`/api/reports/by/csv?${new URLSearchParams(query)}`)),
    onError: (error) => announce(explain(error), 'bad'),
  });
  const what = t`By tag or field`;
  return (
    <Section
      title={what}
      actions={
        <Group gap="xs">
          <NativeSelect
            size="xs"
            aria-label={t`Split by`}
            value={by}
            data={[
              { value: 'tag', label: t`Tag` },
              ...fields
                .filter(({ kind }) => countable.includes(kind))
                .map(({ slug, name }) => ({ value: `cf.${slug}`, label: name })),
            ]}
            onChange={(event) => setBy(event.currentTarget.value)}
          />
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconDownload size={14} />}
            loading={save.isPending}
            aria-label={t`Download as CSV: ${what}`}
            onClick={() => save.mutate()}
          >
            CSV
          </Button>
        </Group>
      }
    >
      {report.error ? (
        <p role="alert">{Object.values(fieldErrors(report.error))[0] ?? explain(report.error)}</p>
      ) : (
        report.data && (
          <>
            <BreakdownTable
              label={what}
              breakdown={{ dimension: 'split', rows: report.data.rows }}
            />
            {report.data.more && (
              <p>
                <Trans>Only the 200 with most tickets are shown.</Trans>
              </p>
            )}
          </>
        )
      )}
    </Section>
  );
}
