import { Button, Modal } from '@mantine/core';
import { Link } from 'react-router';
import classes from './bulk-bar.module.css';
import { bulkStrings as strings } from './bulk-strings.ts';
import type { BulkResult } from './use-bulk.ts';

/** Which servers refused, and why each did. */
export function BulkRefusals({ result, onClose }: { result: BulkResult; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={strings.refused(result.action, result.refused.length)} size="md">
      <ul className={classes.refusals}>
        {result.refused.map(({ id, name, sentence }) => (
          <li key={id}>
            <Link to={`/servers/${id}`} className={classes.refusedName}>
              {name}
            </Link>
            <p>{sentence}</p>
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {strings.close}
        </Button>
      </div>
    </Modal>
  );
}
