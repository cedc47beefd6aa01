import { gameDrawings } from './game-drawings.tsx';
import classes from './game-icon.module.css';

const generic = (
  <>
    <rect x="3.5" y="4" width="17" height="7" rx="1.8" fillOpacity=".9" />
    <rect x="3.5" y="13" width="17" height="7" rx="1.8" fillOpacity=".55" />
    <circle cx="7.3" cy="7.5" r="1.3" fill="var(--icon-ground)" />
    <circle cx="7.3" cy="16.5" r="1.3" fill="var(--icon-ground)" />
  </>
);

/** A game at a glance. Its name stands beside it, so it is hidden from screen readers. */
export function GameIcon({ name, size = 20 }: { name: string; size?: number }) {
  const known = Object.hasOwn(gameDrawings, name);
  return (
    <span className={classes.tile} data-game={known ? name : 'generic'} style={{ width: size, height: size }}>
      <svg viewBox="0 0 24 24" width={size * 0.72} height={size * 0.72} fill="currentColor" aria-hidden>
        {known ? gameDrawings[name] : generic}
      </svg>
    </span>
  );
}
