import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { IconButton } from '../../components/icon-button.tsx';
import classes from './favourite-star.module.css';
import { strings } from './strings.ts';

interface FavouriteStarProps {
  server: { id: string; name: string };
  isFavourite: boolean;
  onToggle: (id: string) => void;
}

/** Keeps a server at hand for the person who looks at it. */
export function FavouriteStar({ server, isFavourite, onToggle }: FavouriteStarProps) {
  return (
    <IconButton
      className={classes.star}
      data-on={isFavourite || undefined}
      aria-label={strings.favourite(server.name)}
      aria-pressed={isFavourite}
      onClick={() => onToggle(server.id)}
    >
      {isFavourite ? (
        <IconStarFilled size={14} aria-hidden />
      ) : (
        <IconStar size={14} stroke={1.6} aria-hidden />
      )}
    </IconButton>
  );
}
