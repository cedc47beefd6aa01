import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';
import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Failure } from '../../../components/failure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { strings as shared } from '../../../components/strings.ts';
import { useShownNode } from '../node-page.tsx';
import { CheckItem } from './check-item.tsx';
import classes from './doctor-tab.module.css';
import { strings } from './strings.ts';
import { useDoctor } from './use-doctor.ts';

/** What a node lacks: problems first, what is fine folded away. */
export function DoctorTab() {
  const { node } = useShownNode();
  const isOnline = node.status === 'online';
  const { data, error, isFetching, refetch } = useDoctor(node.id, isOnline);
  if (!isOnline && !data) {
    return (
      <Notice tone="offline" title={strings.offlineTitle}>
        {strings.offline}
      </Notice>
    );
  }
  return (
    <section className={classes.box} aria-labelledby="doctor-title">
      <div className={classes.head}>
        <div>
          <h2 id="doctor-title" className={classes.title}>
            {data ? summaryOf(data.checks) : strings.title}
          </h2>
          <p className={classes.hint}>
            {data ? (
              <>
                {strings.checked} <RelativeTime at={data.checkedAt} />
              </>
            ) : (
              strings.hint
            )}
          </p>
        </div>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={isFetching}
          disabled={!isOnline}
          onClick={() => void refetch()}
        >
          {strings.again}
        </Button>
      </div>
      {error && !isFetching && <Failure title={strings.failed} error={error} />}
      {data ? <Checks checks={data.checks} /> : !error && <ChecksSkeleton />}
    </section>
  );
}

function Checks({ checks }: { checks: readonly DoctorCheck[] }) {
  const bad = [...withStatus(checks, 'problem'), ...withStatus(checks, 'warning')];
  const fine = withStatus(checks, 'ok');
  return (
    <>
      {bad.length === 0 ? (
        <Notice tone="success">{strings.allFineHint}</Notice>
      ) : (
        <ul className={classes.checks}>
          {bad.map((check) => (
            <CheckItem key={check.id} check={check} />
          ))}
        </ul>
      )}
      {fine.length > 0 && (
        <details className={classes.fine}>
          <summary>{strings.fine(fine.length)}</summary>
          <ul className={classes.checks}>
            {fine.map((check) => (
              <CheckItem key={check.id} check={check} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function summaryOf(checks: readonly DoctorCheck[]): string {
  const problems = withStatus(checks, 'problem').length;
  const warnings = withStatus(checks, 'warning').length;
  const parts = [
    ...(problems > 0 ? [strings.problems(problems)] : []),
    ...(warnings > 0 ? [strings.warnings(warnings)] : []),
  ];
  return parts.join(', ') || strings.allFine;
}

const withStatus = (checks: readonly DoctorCheck[], wanted: DoctorCheck['status']) =>
  checks.filter(({ status }) => status === wanted);

function ChecksSkeleton() {
  return (
    <div className={classes.checks} role="status" aria-label={shared.loading}>
      {[70, 50, 60].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </div>
  );
}
