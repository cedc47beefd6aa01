import type { Server } from '@catalyst/shared/features/servers';
import { Elapsed } from '../../components/relative-time.tsx';
import { ProgressBar } from '../../components/usage-bar.tsx';
import classes from './install-progress-bar.module.css';
import { serverStrings as strings } from './server-strings.ts';

/** How far the installation is; its output is in the console below. */
export function InstallProgressBar({ server }: { server: Server }) {
  const { installProgress: progress } = server;
  return (
    <div className={classes.box} role="status">
      <div className={classes.line}>
        <strong>{progress?.label ?? strings.installBegins}</strong>
        <span className={classes.step}>
          {progress && `${strings.installStep(progress.step, progress.totalSteps)} · `}
          <Elapsed since={server.stateChangedAt} />
        </span>
      </div>
      <ProgressBar
        label={strings.installing}
        fraction={progress ? (progress.step - 0.5) / progress.totalSteps : 0}
      />
    </div>
  );
}
