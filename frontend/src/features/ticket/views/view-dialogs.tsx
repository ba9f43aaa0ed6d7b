import { lazy, Suspense, useEffect } from 'react';
import { askAboutViews, useAsked } from './asked';

const load = () => import('./view-form');
const SaveView = lazy(() => load().then((m) => ({ default: m.SaveView })));
const EditView = lazy(() => load().then((m) => ({ default: m.EditView })));
const ArrangeViews = lazy(() =>
  import('./arrange-views').then((m) => ({ default: m.ArrangeViews })),
);

/** What commands about saved views open; once, in the shell. */
export function ViewDialogs() {
  const asked = useAsked();
  useEffect(() => () => askAboutViews(null), []);
  if (!asked) return null;
  return (
    <Suspense>
      {asked.about === 'save' && <SaveView search={asked.search} />}
      {asked.about === 'edit' && <EditView id={asked.id} />}
      {asked.about === 'arrange' && <ArrangeViews />}
    </Suspense>
  );
}
