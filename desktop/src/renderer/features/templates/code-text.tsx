import { useId } from 'react';
import classes from './code-text.module.css';

interface CodeTextProps {
  title: string;
  hint?: string;
  text: string;
}

/** A line or a whole script in the fixed font. What is long scrolls in its own box. */
export function CodeText({ title, hint, text }: CodeTextProps) {
  const id = useId();
  return (
    <figure className={classes.figure} aria-labelledby={id}>
      <figcaption className={classes.head} id={id}>
        <span className={classes.title}>{title}</span>
        {hint && <span className={classes.hint}>{hint}</span>}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre className={classes.text} tabIndex={0}>
        {text}
      </pre>
    </figure>
  );
}
