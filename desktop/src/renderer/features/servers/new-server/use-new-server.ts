import type { Node } from '@catalyst/shared/features/nodes';
import type { Template } from '@catalyst/shared/features/templates';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { hasCode, issuesByField } from '../../../api/errors.ts';
import { bestNode } from '../../nodes/node-room.ts';
import { bodyOf, firstForm, type NewServerForm, newServerIssues } from './new-server-form.ts';
import { useCreateServer } from './use-create-server.ts';

const advancedFields = [
  ...[
    'allocatedCpuCores',
    'allocatedDiskMb',
    'portBindings',
    'description',
    'tags',
    'group',
    'runtime',
    'image',
    'startupLine',
  ],
  ...['networkMode', 'staticIp', 'swapMb', 'pids', 'cpuPinning', 'ioWeight'],
];

/** The form of a new server: what is in it, what is wrong with it, and sending it. */
export function useNewServer(template: Template, nodes: readonly Node[], takenNames: readonly string[]) {
  const navigate = useNavigate();
  const create = useCreateServer();
  const [chosen, setChosen] = useState(() => firstForm(template, takenNames));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isAsked, setAsked] = useState(false);
  const [isAdvancedOpen, setAdvancedOpen] = useState(false);
  const node = nodes.find(({ id }) => id === chosen.nodeId) ?? bestNode(nodes);
  const form: NewServerForm = { ...chosen, nodeId: node?.id };
  const found = newServerIssues(template, form, node);
  const refused = refusedFields(create.error);
  const openAdvancedFor = (issues: Record<string, string>) => {
    if (Object.keys(issues).some((path) => advancedFields.includes(path.split('.')[0] ?? ''))) {
      setAdvancedOpen(true);
    }
  };
  return {
    form,
    node,
    create,
    isAdvancedOpen,
    setAdvancedOpen,
    /** Whether fields say what stands in the way. */
    hasFieldErrors: Object.keys(refused).length > 0 || (isAsked && Object.keys(found).length > 0),
    /** A field complains once it was left, or when everything was asked for. */
    errorOf: (field: string): string | undefined =>
      (isAsked || touched.has(field) ? found[field] : undefined) ?? refused[field],
    touch: (field: string) => setTouched((before) => new Set(before).add(field)),
    set: (changes: Partial<NewServerForm>) => {
      create.reset();
      setChosen((before) => ({ ...before, ...changes }));
    },
    submit: () => {
      setAsked(true);
      openAdvancedFor(found);
      if (Object.keys(found).length > 0) return;
      create.mutate(bodyOf(template, form), {
        onSuccess: ({ id }) => navigate(`/servers/${id}`, { replace: true }),
        onError: (error) => openAdvancedFor(refusedFields(error)),
      });
    },
  };
}

export type NewServerState = ReturnType<typeof useNewServer>;

/** The fields that a refusal belongs to, with its sentence. */
function refusedFields(error: unknown): Record<string, string> {
  if (hasCode(error, 'port_taken', 'no_free_port')) {
    return error.issues ? issuesByField(error) : { 'portBindings.0.port': error.message };
  }
  if (hasCode(error, 'node_offline')) return { nodeId: error.message };
  if (hasCode(error, 'limit_reached')) return { allocatedMemoryMb: error.message };
  const { templateId, hostPackages, ...fields } = issuesByField(error);
  return fields;
}
