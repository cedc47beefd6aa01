import type { Template } from '@catalyst/shared/features/templates';
import { Skeleton, TextInput } from '@mantine/core';
import { IconDeviceGamepad2, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Empty } from '../../../components/empty.tsx';
import { Failure } from '../../../components/failure.tsx';
import { GameIcon } from '../../../components/game-icon.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { commonTags, filterTemplates } from '../../templates/filter-templates.ts';
import { useTemplates } from '../../templates/use-templates.ts';
import classes from './game-picker.module.css';
import { strings } from './strings.ts';
import { TagFilter } from './tag-filter.tsx';

/** From here on the browser skips drawing tiles far off the screen. */
const drawnWholeUpTo = 60;
const mostTags = 8;

/** The catalogue: search, look, pick. */
export function GamePicker({ onPick }: { onPick: (template: Template) => void }) {
  const { data: templates, error, isPending, isFetching, refetch } = useTemplates();
  const [text, setText] = useState('');
  const [tag, setTag] = useState<string>();
  const shown = templates && filterTemplates(templates, { q: text, tag });
  const tags = useMemo(() => commonTags(templates ?? [], mostTags), [templates]);
  return (
    <div className={classes.picker}>
      <div className={classes.head}>
        <h2 className={classes.title}>{strings.pickGame}</h2>
        <p className={classes.hint}>{strings.pickGameHint}</p>
      </div>
      {error && !templates ? (
        <Failure
          title={strings.catalogueFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      ) : templates?.length === 0 ? (
        <Empty icon={<IconDeviceGamepad2 size={28} stroke={1.5} />} title={strings.noGames}>
          {strings.noGamesHint}
        </Empty>
      ) : (
        <>
          <TextInput
            className={classes.search}
            aria-label={strings.search}
            placeholder={strings.search}
            leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
            value={text}
            autoFocus
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              const [first] = shown ?? [];
              if (event.key === 'Enter' && first) onPick(first);
            }}
          />
          {tags.length > 1 && <TagFilter tags={tags} chosen={tag} onChoose={setTag} />}
          {isPending && <PickerSkeleton />}
          {shown?.length === 0 && <p className={classes.none}>{strings.noGame}</p>}
          <ul className={classes.games} data-many={(shown && shown.length > drawnWholeUpTo) || undefined}>
            {shown?.map((template) => (
              <li key={template.id}>
                <button type="button" className={classes.game} onClick={() => onPick(template)}>
                  <GameIcon name={template.icon} size={44} />
                  <span className={classes.words}>
                    <span className={classes.name}>{template.name}</span>
                    <span className={classes.summary}>{template.summary}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function PickerSkeleton() {
  return (
    <div className={classes.games} role="status" aria-label={shared.loading}>
      {[0, 1, 2, 3, 4, 5].map((tile) => (
        <div key={tile} className={classes.game}>
          <Skeleton height={44} width={44} />
          <div className={classes.words}>
            <Skeleton height={14} width="60%" />
            <Skeleton height={12} width="90%" mt={8} />
          </div>
        </div>
      ))}
    </div>
  );
}
