import { Skeleton } from '@mantine/core';
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

/** A part whose content is being read. */
export function SectionSkeleton({ lines }: { lines: number }) {
  return (
    <div className={classes.section}>
      <Skeleton height={14} width={96} />
      <SkeletonLines count={lines} />
    </div>
  );
}

/** Names and values that are being read. */
export function SkeletonLines({ count }: { count: number }) {
  return (
    <div className={classes.fields}>
      {[64, 48, 72, 40, 56].slice(0, count).map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </div>
  );
}
