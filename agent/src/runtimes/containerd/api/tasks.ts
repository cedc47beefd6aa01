import {
  bool,
  type Decoded,
  int32,
  many,
  message,
  one,
  string,
  strings,
  timestamp,
  uint32,
} from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Mount } from './containerd-types.ts';
import { Any, Empty } from './well-known.ts';

export const processTypeUrl = 'types.containerd.io/opencontainers/runtime-spec/1/Process';
export const resourcesTypeUrl = 'types.containerd.io/opencontainers/runtime-spec/1/LinuxResources';
export const runcOptionsTypeUrl = 'containerd.runc.v1.Options';

/** What runc is told beyond the spec; travels as an Any of `runcOptionsTypeUrl`. */
export const RuncOptions = message({
  ioUid: uint32(4),
  ioGid: uint32(5),
  binaryName: string(6),
  root: string(7),
  systemdCgroup: bool(9),
});

export const TaskStatus = { unknown: 0, created: 1, running: 2, stopped: 3, paused: 4, pausing: 5 } as const;

/** A task or a process added to it. In lists the container's id is in `id`. */
export const Process = message({
  containerId: string(1),
  id: string(2),
  pid: uint32(3),
  status: int32(4),
  stdin: string(5),
  stdout: string(6),
  stderr: string(7),
  terminal: bool(8),
  exitStatus: uint32(9),
  exitedAt: timestamp(10),
});
export type Process = Decoded<typeof Process>;

const Task = message({ containerId: string(1) });
/** Without `execId` it is the task itself. */
const ProcessOfTask = message({ containerId: string(1), execId: string(2) });
const Deleted = message({ id: string(1), pid: uint32(2), exitStatus: uint32(3), exitedAt: timestamp(4) });
const { unary } = service('containerd.services.tasks.v1.Tasks');

export const tasksApi = {
  create: unary(
    'Create',
    message({
      containerId: string(1),
      rootfs: many(3, Mount),
      stdin: string(4),
      stdout: string(5),
      stderr: string(6),
      terminal: bool(7),
      options: one(9, Any),
    }),
    message({ containerId: string(1), pid: uint32(2) }),
  ),
  start: unary('Start', ProcessOfTask, message({ pid: uint32(1) })),
  /** Answers when the process has ended; needs `timeoutMs: null`. */
  wait: unary('Wait', ProcessOfTask, message({ exitStatus: uint32(1), exitedAt: timestamp(2) })),
  get: unary('Get', ProcessOfTask, message({ process: one(1, Process) })),
  list: unary('List', message({ filter: string(1) }), message({ tasks: many(1, Process) })),
  kill: unary(
    'Kill',
    message({ containerId: string(1), execId: string(2), signal: uint32(3), all: bool(4) }),
    Empty,
  ),
  /** Of a task that runs fails with `unknown` or `failedPrecondition`, as the version has it. */
  delete: unary('Delete', Task, Deleted),
  deleteProcess: unary('DeleteProcess', ProcessOfTask, Deleted),
  exec: unary(
    'Exec',
    message({
      containerId: string(1),
      stdin: string(2),
      stdout: string(3),
      stderr: string(4),
      terminal: bool(5),
      spec: one(6, Any),
      execId: string(7),
    }),
    Empty,
  ),
  resizePty: unary(
    'ResizePty',
    message({ containerId: string(1), execId: string(2), width: uint32(3), height: uint32(4) }),
    Empty,
  ),
  closeIo: unary('CloseIO', message({ containerId: string(1), execId: string(2), stdin: bool(3) }), Empty),
  update: unary('Update', message({ containerId: string(1), resources: one(2, Any) }), Empty),
  pause: unary('Pause', Task, Empty),
  resume: unary('Resume', Task, Empty),
  listPids: unary('ListPids', Task, message({ processes: many(1, message({ pid: uint32(1) })) })),
  metrics: unary(
    'Metrics',
    message({ filters: strings(1) }),
    message({ metrics: many(1, message({ timestamp: timestamp(1), id: string(2), data: one(3, Any) })) }),
  ),
};
