import { useSyncExternalStore } from 'react';
import { preferences } from '@/lib/storage';

export type EditorMode = 'rich' | 'markdown';

const listeners = new Set<() => void>();

function editorMode(): EditorMode {
  return preferences.get('editor') === 'markdown' ? 'markdown' : 'rich';
}

/** Whether somebody writes formatted text or Markdown; remembered in this browser. */
export function useEditorMode(): [EditorMode, (mode: EditorMode) => void] {
  const mode = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, editorMode);
  const set = (next: EditorMode) => {
    preferences.set('editor', next === 'rich' ? null : next);
    for (const listener of listeners) listener();
  };
  return [mode, set];
}
