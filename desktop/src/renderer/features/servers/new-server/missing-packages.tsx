import type { AppError } from '@catalyst/shared/contract/errors';
import type { Node } from '@catalyst/shared/features/nodes';
import { Button } from '@mantine/core';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useMay } from '../../sessions/use-session.ts';
import classes from './missing-packages.module.css';
import { strings } from './strings.ts';
import { useInstallPackages } from './use-create-server.ts';

interface MissingPackagesProps {
  error: AppError;
  node: Node | undefined;
  templateId: string;
  onInstalled: () => void;
}

/** What a node lacks for a game, and the button that installs it for those who may. */
export function MissingPackages({ error, node, templateId, onInstalled }: MissingPackagesProps) {
  const install = useInstallPackages();
  const mayInstall = useMay('node.update') && node !== undefined;
  const packages = (error.issues ?? []).map(({ message }) => message);
  return (
    <>
      <Notice
        tone="warning"
        urgent
        title={node ? strings.packagesTitle(node.name) : strings.packagesPlain}
        actions={
          mayInstall && (
            <Button
              size="xs"
              loading={install.isPending}
              onClick={() =>
                install.mutate(
                  { nodeId: node.id, nodeName: node.name, templateId },
                  { onSuccess: onInstalled },
                )
              }
            >
              {strings.packagesInstall(node.name)}
            </Button>
          )
        }
      >
        {packages.length > 0 ? (
          <span className={classes.packages}>
            {packages.map((name) => (
              <code key={name} className={classes.package}>
                {name}
              </code>
            ))}
          </span>
        ) : (
          error.message
        )}{' '}
        {mayInstall ? strings.packagesWait : strings.packagesAsk}
      </Notice>
      {install.error && <Failure title={strings.packagesFailed} error={install.error} />}
    </>
  );
}
