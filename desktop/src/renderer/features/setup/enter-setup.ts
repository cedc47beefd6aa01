import { basePath } from '../../api/client.ts';
import { setupCodeOf } from './setup-code.ts';

// The address that the panel prints at its first start leads to set-up from wherever it points. Imported before the router
// is made, which reads the address at once.
if (setupCodeOf(location) && !location.pathname.endsWith('/setup')) {
  history.replaceState(null, '', `${basePath}/setup${location.hash}`);
}
