import { type ReactNode, useEffect } from 'react';
import classes from './page-header.module.css';

interface PageHeaderProps {
  title: string;
  /** Beside the title, quieter: a count. */
  aside?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
}

/** Title of a page, on the page and in the window. */
export function PageHeader({ title, aside, description, actions }: PageHeaderProps) {
  useDocumentTitle(title);
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <h1 className={classes.title}>
          {title}
          {aside && <span className={classes.aside}>{aside}</span>}
        </h1>
        {description && <p className={classes.description}>{description}</p>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

export function useDocumentTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Catalyst` : 'Catalyst';
  }, [title]);
}
