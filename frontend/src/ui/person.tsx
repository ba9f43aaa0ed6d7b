import { isolated } from './isolate';
import classes from './person.module.css';

interface Named {
  username: string;
  first_name?: string;
  last_name?: string;
  full_name?: string;
}

/** The name to show: the full one when known, else the user name. It may stand within a sentence. */
export function personName(person: Named): string {
  const full = person.full_name || `${person.first_name ?? ''} ${person.last_name ?? ''}`;
  return isolated(full).trim() || isolated(person.username);
}

function initials(name: string): string {
  const words = name.split(/[\s._\u2068\u2069-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? String.fromCodePoint(word.codePointAt(0) ?? 63) : ''))
    .join('');
  return letters.toUpperCase() || '?';
}

export function Avatar({ person, size = 22 }: { person: Named; size?: number }) {
  const style = { width: size, height: size, fontSize: Math.round(size * 0.42) };
  // Drawn by the style sheet: they are no part of the text that stands there.
  return (
    <span
      className={classes.avatar}
      style={style}
      data-initials={initials(personName(person))}
      aria-hidden
    />
  );
}

/** Avatar and name. */
export function Person({ person, size }: { person: Named; size?: number }) {
  return (
    <span className={classes.person}>
      <Avatar person={person} size={size} />
      <span className={classes.name} title={person.username}>
        {personName(person)}
      </span>
    </span>
  );
}
