import { Link } from 'react-router';
import classes from './entry-page.module.css';
import { strings } from './strings.ts';

export function BackToSignIn() {
  return (
    <p className={classes.footnote}>
      <Link className={classes.link} to="/sign-in">
        {strings.backToSignIn}
      </Link>
    </p>
  );
}
