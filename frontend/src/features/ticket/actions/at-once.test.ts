import { act, renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { showAtOnce, useChosen } from './at-once';

const open = (id: number) => renderHook(() => useChosen<string>(id));

describe('what was just chosen', () => {
  it('is everywhere at once where no page of the ticket waits for it', () => {
    open(1);
    const rest = vi.fn();
    showAtOnce(2, 'urgent', rest);
    expect(rest).toHaveBeenCalledOnce();
  });

  it('is on the page of its ticket first, and everywhere behind the frame', async () => {
    const mine = open(1);
    const other = open(2);
    const rest = vi.fn();
    act(() => showAtOnce(1, 'urgent', rest));
    expect(mine.result.current).toBe('urgent');
    expect(other.result.current).toBeNull();
    expect(rest).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(mine.result.current).toBeNull());
    expect(rest).toHaveBeenCalledOnce();
  });

  it('is everywhere before anything else is pressed or chosen', () => {
    open(1);
    const order: string[] = [];
    act(() => showAtOnce(1, 'urgent', () => order.push('urgent')));
    addEventListener('keydown', () => order.push('key'), { once: true });
    act(() => void document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true })));
    act(() => showAtOnce(1, 'low', () => order.push('low')));
    act(() => showAtOnce(1, 'high', () => order.push('high')));
    expect(order).toEqual(['urgent', 'key', 'low']);
    act(() => void dispatchEvent(new Event('pointerdown')));
    expect(order).toEqual(['urgent', 'key', 'low', 'high']);
  });
});
