import { describe, expect, it } from 'vitest';
import { aComment, anEvent } from '@/testing/fixtures';
import { foldTimeline, mergeTimeline } from './timeline';

const at = (minute: number, second = 0) =>
  `2026-11-01T08:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}Z`;

const statusEvent = (id: number, minute: number) =>
  anEvent({
    id,
    type: 'ticket.status_changed',
    data: { from: 'open', to: 'in_progress' },
    created_at: at(minute),
  });

const statusNote = (id: number, minute: number, second = 0) =>
  aComment({
    id,
    content: 'Status changed from Open to In Progress',
    is_system_message: true,
    created_at: at(minute, second),
  });

describe('mergeTimeline', () => {
  it('orders comments and events by time', () => {
    const entries = mergeTimeline(
      [aComment({ id: 7, created_at: at(5) }), aComment({ id: 8, created_at: at(1) })],
      [statusEvent(3, 3)],
    );
    expect(entries.map((entry) => entry.key)).toEqual(['c8', 'e3', 'c7']);
  });

  it('tells a change once that is both a system comment and an event', () => {
    const entries = mergeTimeline([statusNote(1, 10, 1)], [statusEvent(2, 10)]);
    expect(entries.map((entry) => entry.key)).toEqual(['e2']);
  });

  it('pairs each system comment with one event only', () => {
    const entries = mergeTimeline([statusNote(1, 10), statusNote(2, 10, 2)], [statusEvent(9, 10)]);
    expect(entries.map((entry) => entry.kind)).toEqual(['event', 'line']);
  });

  it('keeps a system comment without its event, as imported ones are', () => {
    expect(mergeTimeline([statusNote(1, 10)], [statusEvent(2, 40)])).toHaveLength(2);
  });

  it('recognises an assignment', () => {
    const assigned = anEvent({
      id: 4,
      type: 'ticket.assigned',
      data: { from: null, to: { id: 2, username: 'stan' } },
      created_at: at(2),
    });
    const note = aComment({
      content: 'Ticket assigned to stan',
      is_system_message: true,
      created_at: at(2),
    });
    expect(mergeTimeline([note], [assigned]).map((entry) => entry.key)).toEqual(['e4']);
  });

  it('does not repeat what is shown elsewhere', () => {
    const events = ['ticket.created', 'ticket.commented', 'comment.updated'].map((type, id) =>
      anEvent({ id, type }),
    );
    expect(mergeTimeline([], events)).toEqual([]);
  });

  it('never hides what a person wrote, even when it reads like the system', () => {
    const forged = aComment({ content: 'Status changed from Open to In Progress' });
    const entries = mergeTimeline([{ ...forged, created_at: at(10) }], [statusEvent(1, 10)]);
    expect(entries).toHaveLength(2);
  });
});

describe('foldTimeline', () => {
  const events = (count: number) =>
    mergeTimeline(
      [],
      Array.from({ length: count }, (_, id) => statusEvent(id, id)),
    );

  it('leaves short runs alone', () => {
    expect(foldTimeline(events(3)).map((block) => block.kind)).toEqual(['entry', 'entry', 'entry']);
  });

  it('folds long runs and keeps comments outside', () => {
    const entries = mergeTimeline(
      [aComment({ created_at: at(30) })],
      [0, 1, 2, 3, 40].map((minute) => statusEvent(minute, minute)),
    );
    expect(foldTimeline(entries).map((block) => block.kind)).toEqual(['fold', 'entry', 'entry']);
  });
});
