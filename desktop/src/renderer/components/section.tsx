import type { ReactNode } from 'react';
import classes from './section.module.css';

interface SectionProps {
  id: string;
  title: string;
  hint?: ReactNode;
  children: ReactNode;
  isDangerous?: boolean;
}

/** A part of a form: what it is about at the left, its fields at the right. */
export function Section({ id, title, hint, children, isDangerous }: SectionProps) {
  return (
    <section
      className={classes.section}
      id={id}
      aria-labelledby={`${id}-title`}
      data-dangerous={isDangerous || undefined}
    >
      <div>
        <h2 className={classes.title} id={`${id}-title`}>
          {title}
        </h2>
        {hint && <p className={classes.hint}>{hint}</p>}
      </div>
      <div className={classes.fields}>{children}</div>
    </section>
  );
}
