import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { cursorOf } from '@/lib/pages';

/** Where a list stands; kept in the URL by its page. */
export interface Place {
  page?: number;
  cursor?: string;
}

interface Slice {
  count: number;
  count_exact: boolean;
  next: string | null;
  previous: string | null;
  results: readonly unknown[];
}

/** The place after this one: a numbered page while the count is known, then the cursor. */
export function nextPlace(slice: Slice, at: Place, size: number): Place | null {
  const page = at.cursor ? 0 : (at.page ?? 1);
  if (page && page * size < slice.count) return { page: page + 1 };
  const cursor = cursorOf(slice.next);
  return cursor ? { cursor } : null;
}

/** The place before this one. */
export function previousPlace(slice: Slice, at: Place): Place | null {
  if (!at.cursor) {
    const page = at.page ?? 1;
    if (page <= 1) return null;
    return page === 2 ? {} : { page: page - 1 };
  }
  const cursor = cursorOf(slice.previous);
  return cursor ? { cursor } : {};
}

/** "51–100 of 1,234" with the two steps. */
export function Pager({
  slice,
  at,
  size,
  onMove,
}: {
  slice: Slice;
  at: Place;
  size: number;
  onMove: (to: Place) => void;
}) {
  const { i18n, t } = useLingui();
  const next = nextPlace(slice, at, size);
  const previous = previousPlace(slice, at);
  if (!next && !previous) return null;
  const number = (n: number) => new Intl.NumberFormat(i18n.locale).format(n);
  const first = ((at.page ?? 1) - 1) * size + 1;
  const total = number(slice.count) + (slice.count_exact ? '' : '+');
  const from = number(first);
  const to = number(first + slice.results.length - 1);
  return (
    <Group component="nav" justify="space-between" mt="md" aria-label={t`Pages`}>
      <Text size="sm" c="dimmed">
        {at.cursor ? (
          <Trans>of {total}</Trans>
        ) : (
          <Trans>
            {`${from}–${to}`} of {total}
          </Trans>
        )}
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          disabled={!previous}
          leftSection={<IconChevronLeft size={16} />}
          onClick={() => previous && onMove(previous)}
        >
          <Trans>Previous</Trans>
        </Button>
        <Button
          variant="default"
          disabled={!next}
          rightSection={<IconChevronRight size={16} />}
          onClick={() => next && onMove(next)}
        >
          <Trans>Next</Trans>
        </Button>
      </Group>
    </Group>
  );
}
