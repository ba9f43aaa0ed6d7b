import { useQuery } from '@tanstack/react-query';

export interface Emoji {
  unicode: string;
  /** As one writes it between colons; the same names that the server knows. */
  names: readonly string[];
  label: string;
  words: readonly string[];
}

interface Compact {
  hexcode: string;
  label: string;
  unicode: string;
  group?: number;
  order?: number;
  tags?: string[];
}

async function load(locale: string): Promise<Emoji[]> {
  const german = locale.startsWith('de');
  const [english, names, own] = await Promise.all([
    import('emojibase-data/en/compact.json'),
    import('emojibase-data/en/shortcodes/github.json'),
    german ? import('emojibase-data/de/compact.json') : null,
  ]);
  const codes = names.default as Record<string, string | string[]>;
  const labels = new Map(
    ((own?.default ?? []) as Compact[]).map((one) => [one.hexcode, one] as const),
  );
  return (english.default as Compact[])
    .filter((one) => one.group !== undefined && codes[one.hexcode])
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((one) => {
      const local = labels.get(one.hexcode) ?? one;
      return {
        unicode: one.unicode,
        names: [codes[one.hexcode] ?? []].flat(),
        label: local.label,
        words: [...(one.tags ?? []), ...(local.tags ?? []), one.label, local.label].map((word) =>
          word.toLocaleLowerCase(),
        ),
      };
    });
}

/** All emoji, loaded when somebody begins to look for one. */
export function useEmoji(locale: string, wanted: boolean): readonly Emoji[] {
  const query = useQuery({
    queryKey: ['emoji', locale],
    queryFn: () => load(locale),
    staleTime: Infinity,
    enabled: wanted,
  });
  return query.data ?? [];
}

/** The emoji that fit, those whose name begins so first. */
export function findEmoji(all: readonly Emoji[], typed: string, most: number): Emoji[] {
  const wanted = typed.toLocaleLowerCase();
  if (!wanted) return all.slice(0, most);
  const rank = (one: Emoji) => {
    if (one.names.includes(wanted)) return 0;
    if (one.names.some((name) => name.startsWith(wanted))) return 1;
    if (one.words.some((word) => word.startsWith(wanted))) return 2;
    return one.names.some((name) => name.includes(wanted)) ? 3 : 4;
  };
  const ranked = all.map((one) => [rank(one), one] as const).filter(([at]) => at < 4);
  return ranked
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, one]) => one);
}
