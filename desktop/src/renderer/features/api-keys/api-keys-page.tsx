import { PageHeader } from '../../components/page-header.tsx';
import people from '../people/people-list.module.css';
import { OwnKeys } from './own-keys.tsx';
import { strings } from './strings.ts';

/** One's own keys, as a page. */
export function ApiKeysPage() {
  return (
    <div className={people.page}>
      <PageHeader title={strings.title} />
      <OwnKeys />
    </div>
  );
}
