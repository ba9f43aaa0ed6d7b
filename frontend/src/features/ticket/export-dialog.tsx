import '@mantine/core/styles/Checkbox.css';
import '@mantine/core/styles/Radio.css';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Progress, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { listExportColumnsOptions } from '@/lib/api/@tanstack/react-query.gen';
import { type DownloadProgress, download, saveFile } from '@/lib/download';
import { asApiError } from '@/lib/problem';
import { announce } from '@/lib/status-line';
import { timeZone } from '@/lib/time';
import { Dialog } from '@/ui/dialog';
import { FormError } from '@/ui/form-error';
import { Fetched, SkeletonRows } from '@/ui/states';
import { columnNames } from './export-columns';
import { type QueueSearch, queueQuery } from './search-params';

type Format = 'csv' | 'xlsx';

interface Props {
  search: QueueSearch;
  onClose: () => void;
}

/** Saves the list that is shown, all of it, as a table for spreadsheets. */
export function ExportDialog({ search, onClose }: Props) {
  const { t, i18n } = useLingui();
  const columns = useQuery(listExportColumnsOptions());
  const [format, setFormat] = useState<Format>('xlsx');
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [progress, setProgress] = useState<DownloadProgress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (names: string[]) => {
    const control = new AbortController();
    running.current = control;
    setError(null);
    setProgress({ bytes: 0, total: null });
    try {
      const file = await download(exportPath(search, format, names), {
        signal: control.signal,
        onProgress: setProgress,
      });
      saveFile(file);
      announce(t`Saved ${file.name}`);
      onClose();
    } catch (problem) {
      if (!control.signal.aborted) setError(problem);
    }
    setProgress(null);
  };

  const size = new Intl.NumberFormat(i18n.locale, {
    style: 'unit',
    unit: 'megabyte',
    maximumFractionDigits: 1,
  });
  return (
    <Dialog title={t`Export tickets`} onClose={onClose}>
      <Fetched query={columns} skeleton={<SkeletonRows rows={5} />}>
        {({ columns: all }) => {
          const names = chosen ?? all.filter((one) => one.default).map((one) => one.name);
          return (
            <Stack gap="md">
              <p>
                <Trans>All tickets of this list, in its order, not only those loaded so far.</Trans>
              </p>
              <Radio.Group
                label={t`Format`}
                value={format}
                onChange={(value) => setFormat(value as Format)}
              >
                <Group mt={4}>
                  <Radio value="xlsx" label={t`Excel`} />
                  <Radio value="csv" label="CSV" />
                </Group>
              </Radio.Group>
              <Checkbox.Group label={t`Columns`} value={names} onChange={setChosen}>
                <Group mt={4} gap="xs">
                  {all.map((one) => {
                    const known = columnNames[one.name];
                    return (
                      <Checkbox
                        key={one.name}
                        value={one.name}
                        size="xs"
                        label={known ? i18n._(known) : one.title}
                      />
                    );
                  })}
                </Group>
              </Checkbox.Group>
              {error !== null && <FormError error={asApiError(error)} />}
              {progress && (
                <div role="status">
                  <Progress value={100} animated aria-label={t`Export in progress`} />
                  {progress.total !== null && (
                    <Plural value={progress.total} one="# ticket" other="# tickets" />
                  )}
                  {progress.bytes > 0 && `, ${size.format(progress.bytes / 1e6)}`}
                </div>
              )}
              <Group justify="flex-end">
                {progress ? (
                  <Button variant="default" onClick={() => running.current?.abort()}>
                    <Trans>Cancel the export</Trans>
                  </Button>
                ) : (
                  <Button
                    disabled={names.length === 0}
                    onClick={() =>
                      // In the order in which they are offered.
                      void start(all.map((one) => one.name).filter((name) => names.includes(name)))
                    }
                  >
                    <Trans>Export tickets</Trans>
                  </Button>
                )}
              </Group>
            </Stack>
          );
        }}
      </Fetched>
    </Dialog>
  );
}

/** The address of the export of a list. */
export function exportPath(search: QueueSearch, format: Format, columns: string[]): string {
  const { page: _page, cursor: _cursor, page_size: _size, ...filter } = queueQuery(search);
  const query = new URLSearchParams({ format, columns: columns.join(','), tz: timeZone() });
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  return `/api/tickets/export?${query}`;
}
