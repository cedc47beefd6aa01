import { strings } from './strings.ts';
import classes from './tag-filter.module.css';

interface TagFilterProps {
  tags: readonly string[];
  chosen: string | undefined;
  onChoose: (tag: string | undefined) => void;
}

/** One kind of game at a time; pressed again, all of them. */
export function TagFilter({ tags, chosen, onChoose }: TagFilterProps) {
  return (
    <ul className={classes.tags} aria-label={strings.kinds}>
      {tags.map((tag) => (
        <li key={tag}>
          <button
            type="button"
            className={classes.tag}
            aria-pressed={tag === chosen}
            onClick={() => onChoose(tag === chosen ? undefined : tag)}
          >
            {tag}
          </button>
        </li>
      ))}
    </ul>
  );
}
