import { lazy, Suspense, useEffect } from 'react';
import { useObservable } from '../../api/observable.ts';
import { proofRequest } from '../../api/reauthentication.ts';

const ReauthenticationDialog = lazy(() => import('./reauthentication-dialog.tsx'));

// Before any dialog listens: Escape closes the question that is on top, and not the dialog that led to it.
window.addEventListener(
  'keydown',
  (event) => {
    const request = proofRequest.get();
    if (event.key !== 'Escape' || event.isComposing || !request) return;
    event.stopImmediatePropagation();
    request.settle(false);
  },
  true,
);

/** Asks who sits there whenever a call waits for it, on whatever page. */
export function ReauthenticationHost() {
  const request = useObservable(proofRequest);
  // A session that ends takes its question along.
  useEffect(() => () => proofRequest.get()?.settle(false), []);
  return (
    request && (
      <Suspense>
        <ReauthenticationDialog onProven={() => request.settle(true)} onClose={() => request.settle(false)} />
      </Suspense>
    )
  );
}
