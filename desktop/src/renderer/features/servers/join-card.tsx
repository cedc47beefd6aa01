import type { Server } from '@catalyst/shared/features/servers';
import { CopyButton } from '../../components/copy-button.tsx';
import classes from './join-card.module.css';
import { serverStrings as strings } from './server-strings.ts';

/** How players get in, while they can. */
export function JoinCard({ server }: { server: Server }) {
  const { address } = server;
  const sentence = (server.howToJoin ?? strings.joinPlain(address)).split(address);
  return (
    <section className={classes.card} aria-labelledby="how-to-join">
      <h2 className={classes.title} id="how-to-join">
        {strings.joinTitle}
      </h2>
      <p className={classes.text}>
        {sentence.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence never change their places
          <span key={index}>
            {index > 0 && <code className={classes.inline}>{address}</code>}
            {part}
          </span>
        ))}
      </p>
      <div className={classes.address}>
        <code>{address}</code>
        <CopyButton value={address} what="address" />
      </div>
    </section>
  );
}
