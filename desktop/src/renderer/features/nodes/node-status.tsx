import type { Node } from '@catalyst/shared/features/nodes';
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconShieldX } from '@tabler/icons-react';
import classes from './node-status.module.css';
import { strings } from './strings.ts';

const looks = {
  online: { Icon: IconCircleCheck, tone: 'green' },
  offline: { Icon: IconCircleX, tone: 'red' },
  unlinked: { Icon: IconCircleDashed, tone: 'amber' },
  refused: { Icon: IconShieldX, tone: 'red' },
};

export function NodeStatus({ node }: { node: Pick<Node, 'status'> }) {
  const { Icon, tone } = looks[node.status];
  return (
    <span className={classes.status} data-tone={tone}>
      <Icon size={15} stroke={1.9} aria-hidden />
      {strings.statuses[node.status]}
    </span>
  );
}
