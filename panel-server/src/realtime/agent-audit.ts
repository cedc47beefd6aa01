import type { AuditService } from '../features/audit/audit.service.ts';
import type { AgentAuditEntry } from './agents.ts';

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
