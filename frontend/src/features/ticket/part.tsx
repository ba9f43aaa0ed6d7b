import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router';
import { type ReactNode, Suspense } from 'react';
import { ErrorState } from '@/ui/states';

/** A part of a page whose code is loaded when it is shown; where that fails, the rest stays. */
export function Part({ children }: { children: ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => 0} errorComponent={PartFailed}>
      <Suspense>{children}</Suspense>
    </CatchBoundary>
  );
}

/** What did not load is remembered until the app is loaded anew. */
function PartFailed({ error }: ErrorComponentProps) {
  return <ErrorState error={error} onRetry={() => location.reload()} />;
}
