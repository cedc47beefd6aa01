import type { ReactNode } from 'react';
import { BrandMark } from '../../components/brand-mark.tsx';
import classes from './entry-page.module.css';

/** The page in front of the pages: signing in and setting up. */
export function EntryPage({
  title,
  lead,
  children,
}: {
  title?: string;
  lead?: string;
  children?: ReactNode;
}) {
  return (
    <main className={classes.page} id="main">
      <div className={classes.column}>
        <div className={classes.brand}>
          <BrandMark size={36} />
          <span className={classes.name}>Catalyst</span>
        </div>
        <div className={classes.box}>
          {title && <h1 className={classes.title}>{title}</h1>}
          {lead && <p className={classes.lead}>{lead}</p>}
          {children}
        </div>
      </div>
    </main>
  );
}
