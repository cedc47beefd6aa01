import type { AuditService } from '../features/audit/audit.service.ts';
import type { Logger } from '../logger.ts';
import { TokenBuckets } from '../token-bucket.ts';
import type { AgentAuditEntry, Violation } from './agent-door.ts';

/** Audit entries whose actor is an agent. */
export function agentAudit(audit: AuditService, nameOf: (nodeId: string) => string | undefined) {
  return ({ action, isSuccess, nodeId, ip, details }: AgentAuditEntry): Promise<void> => {
    const name = nameOf(nodeId);
    return audit.record({
      action,
      outcome: isSuccess ? 'success' : 'failure',
      actor: { kind: 'agent', id: nodeId, name },
      target: { kind: 'node', id: nodeId, name },
      ip,
      details,
    });
  };
}

/** Writes down what agents say that cannot be, each thing once a minute: a bad agent must not fill the log. */
export function violationLog(record: (entry: AgentAuditEntry) => Promise<void>, log: Logger) {
  const limits = new TokenBuckets({ capacity: 1, perSecond: 1 / 60 });
  return ({ nodeId, about, ip, details }: Violation): void => {
    if (!limits.take(`${nodeId} ${about}`)) return;
    log.warn({ nodeId, ...details }, 'An agent said what cannot be');
    record({ action: 'node.violation', isSuccess: false, nodeId, ip, details }).catch((error: unknown) =>
      log.error({ err: error, nodeId }, 'A violation was not audited'),
    );
  };
}
