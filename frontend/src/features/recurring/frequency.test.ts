import { describe, expect, it } from 'vitest';
import { type Frequency, fresh, fromRule, toRule } from './frequency';

const start = '2026-03-02T09:00'; // a Monday

describe('a frequency', () => {
  it.each<[Partial<Frequency>, string]>([
    [{ every: 'DAILY' }, 'FREQ=DAILY'],
    [{ every: 'DAILY', interval: 3 }, 'FREQ=DAILY;INTERVAL=3'],
    [{ every: 'WEEKLY', weekdays: ['FR', 'MO'] }, 'FREQ=WEEKLY;BYDAY=MO,FR'],
    [{ every: 'MONTHLY', day: 31 }, 'FREQ=MONTHLY;BYMONTHDAY=31'],
    [{ every: 'MONTHLY', day: -1 }, 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    [{ every: 'MONTHLY', month: 'weekday', nth: -1, weekday: 'FR' }, 'FREQ=MONTHLY;BYDAY=-1FR'],
    [{ every: 'YEARLY', ends: 'until', until: '2030-12-31' }, 'FREQ=YEARLY;UNTIL=20301231'],
    [{ every: 'DAILY', ends: 'count', count: 5 }, 'FREQ=DAILY;COUNT=5'],
  ])('is said by a rule and read from it', (parts, rule) => {
    expect(toRule({ ...fresh(start), ...parts })).toBe(rule);
    const read = fromRule(rule, start);
    expect(read).toMatchObject({ ...parts, ...(parts.weekdays && { weekdays: ['MO', 'FR'] }) });
    expect(read && toRule(read)).toBe(rule);
  });

  it('is read from rules that leave out what the start says', () => {
    expect(fromRule('FREQ=MONTHLY', start)).toMatchObject({ every: 'MONTHLY', day: 2 });
    expect(fromRule('FREQ=WEEKLY;INTERVAL=1', start)).toMatchObject({ weekdays: [], interval: 1 });
  });

  it.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'FREQ=DAILY;BYDAY=MO',
    'FREQ=WEEKLY;BYDAY=MO;WKST=SU',
    'FREQ=DAILY;UNTIL=20300101T000000Z',
    'FREQ=HOURLY',
  ])('leaves %s to whoever wrote it', (rule) => {
    expect(fromRule(rule, start)).toBeNull();
  });
});
