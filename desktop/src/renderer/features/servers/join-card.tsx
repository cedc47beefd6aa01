import type { Server } from '@catalyst/shared/features/servers';
import { CopyButton } from '../../components/copy-button.tsx';
import { useTemplate } from '../templates/use-templates.ts';
import classes from './join-card.module.css';
import { serverStrings as strings } from './server-strings.ts';

/** How players get in, while they can. */
export function JoinCard({ server }: { server: Server }) {
  const template = useTemplate(server.template.id);
  const sentence = (template?.howToJoin ?? strings.joinPlain('{{ADDRESS}}')).split('{{ADDRESS}}');
  return (
    <section className={classes.card} aria-labelledby="how-to-join">
      <h2 className={classes.title} id="how-to-join">
        {strings.joinTitle}
      </h2>
      <p className={classes.text}>
        {sentence.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence never change their places
          <span key={index}>
            {index > 0 && <code className={classes.inline}>{server.address}</code>}
            {part}
          </span>
        ))}
      </p>
      <div className={classes.address}>
        <code>{server.address}</code>
        <CopyButton value={server.address} what="address" />
      </div>
    </section>
  );
}
