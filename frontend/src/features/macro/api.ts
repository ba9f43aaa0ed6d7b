import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  createMacro,
  deleteMacro,
  getMacro,
  type Macro,
  type MacroActionInput,
  type MacroCreate,
  restoreMacro,
  updateMacro,
} from '@/lib/api';
import { listMacrosOptions } from '@/lib/api/@tanstack/react-query.gen';
import { ifMatch } from '@/lib/etag';
import { useOverwrite } from '@/lib/overwrite';
import { invalidate } from '@/lib/query';

const must = { throwOnError: true } as const;

/** One action as it is edited: its type and what it was given. */
export interface EditedAction {
  key: number;
  type: string;
  params: Record<string, unknown>;
}

let made = 0;
export const edited = (type: string, params: Record<string, unknown> = {}): EditedAction => {
  made += 1;
  return { key: made, type, params };
};

/** An action as the API takes it: what it needs stands beside its type. */
export const inputOf = ({ type, params }: EditedAction): MacroActionInput => ({ ...params, type });

/** The macros that one can use, by name. */
export function useMacros(enabled = true) {
  return useQuery({ ...listMacrosOptions(), staleTime: 60_000, enabled });
}

function useChange<A, R>(change: (input: A) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => invalidate(client, 'listMacros') });
}

export function useSaveMacro(macro?: Macro) {
  const overwrite = useOverwrite(
    macro,
    async () => macro && (await getMacro({ path: { id: macro.id }, ...must })).data,
  );
  return useChange((body: MacroCreate) =>
    overwrite<unknown>((base) =>
      base
        ? updateMacro({ path: { id: base.id }, body, headers: ifMatch(base), ...must })
        : createMacro({ body, ...must }),
    ),
  );
}

export function useDeleteMacro() {
  return useChange(async (base: Macro) => {
    await deleteMacro({ path: { id: base.id }, headers: ifMatch(base), ...must });
  });
}

export function useRestoreMacro() {
  return useChange(async (id: number) => (await restoreMacro({ path: { id }, ...must })).data);
}
