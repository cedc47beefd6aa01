import { useSearchParams } from 'react-router';
import { NoPermissionPage } from '../../../components/error-page.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { useMay } from '../../sessions/use-session.ts';
import { useTemplates } from '../../templates/use-templates.ts';
import { useServerList } from '../use-servers.ts';
import { GamePicker } from './game-picker.tsx';
import { NewServerDetails } from './new-server-details.tsx';
import { strings } from './strings.ts';

/** A new server on one page: pick a game, look over what is filled in, create. */
export function NewServerPage() {
  const mayCreate = useMay('server.create');
  const mayPick = useMay('template.read');
  const [search, setSearch] = useSearchParams();
  const { data: templates } = useTemplates();
  const { servers, isPending } = useServerList();
  const template = templates?.find(({ id }) => id === search.get('game'));
  if (!mayCreate || !mayPick) return <NoPermissionPage />;
  return (
    <>
      <PageHeader title={strings.title} />
      {template && !isPending ? (
        <NewServerDetails
          key={template.id}
          template={template}
          takenNames={servers?.map(({ name }) => name) ?? []}
          onChangeGame={() => setSearch({})}
        />
      ) : (
        <GamePicker onPick={({ id }) => setSearch({ game: id })} />
      )}
    </>
  );
}
