import type { AgentAction, StateReport } from '@catalyst/shared/features/agent-link';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { ServerState } from '@catalyst/shared/features/server-states';
import { expect, onTestFinished, vi } from 'vitest';
import { DataFolder, prepareDataFolder } from '../data-folder.ts';
import { createLogger } from '../logger.ts';
import { FakeRuntime } from '../runtimes/fake-runtime.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { RecordStore } from '../servers/record-store.ts';
import type { OperationRecord } from '../servers/server-record.ts';
import { Supervisor } from '../servers/supervisor.ts';
import { newId } from './ids.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A supervisor over a temporary folder, as the panel sees it: orders in, reports out. */
export class TestSupervisor {
  readonly folder: DataFolder;
  readonly runtime: Runtime;
  readonly supervisor: Supervisor;
  readonly reports: StateReport[] = [];
  readonly eventIds: number[] = [];
  readonly finished: (OperationRecord & { serverId: string })[] = [];
  readonly steps: { serverId: string; step: number; totalSteps: number; label: string }[] = [];
  readonly logged: Record<string, unknown>[];

  private constructor(
    folder: DataFolder,
    runtime: Runtime,
    supervisor: Supervisor,
    logged: Record<string, unknown>[],
  ) {
    this.folder = folder;
    this.runtime = runtime;
    this.supervisor = supervisor;
    this.logged = logged;
    supervisor.listen({
      stateChanged: (eventId, report) => {
        this.eventIds.push(eventId);
        this.reports.push(report);
      },
      operationFinished: (serverId, operation) => this.finished.push({ serverId, ...operation }),
      installStep: (progress) => this.steps.push(progress),
    });
  }

  static async open(
    options: {
      folder?: DataFolder;
      runtime?: Runtime;
      giveUsers?: boolean;
      waitForRecovery?: boolean;
      machine?: Pick<ConstructorParameters<typeof Supervisor>[0], 'diskQuota' | 'ownerOfPort'>;
    } = {},
  ): Promise<TestSupervisor> {
    const folder = options.folder ?? new DataFolder(temporaryFolder());
    await prepareDataFolder(folder);
    const runtime = options.runtime ?? new FakeRuntime({ runRoot: folder.run });
    const logged: Record<string, unknown>[] = [];
    const log = createLogger('debug', (line) => void logged.push(JSON.parse(line)));
    const store = await RecordStore.open(folder, log, options.giveUsers ?? false);
    const supervisor = new Supervisor({
      folder,
      store,
      runtimes: [runtime],
      log,
      unreachable: null,
      hostEnvironment: process.env,
      ...options.machine,
    });
    const test = new TestSupervisor(folder, runtime, supervisor, logged);
    onTestFinished(() => supervisor.close());
    const recovered = supervisor.recover();
    if (options.waitForRecovery ?? true) await recovered;
    else await vi.waitFor(() => expect(supervisor.all.length).toBeGreaterThan(0));
    return test;
  }

  /** Another agent process over the same folder and runtime; the one before is as if killed. */
  async restarted(): Promise<TestSupervisor> {
    this.supervisor.listen(null);
    await this.supervisor.close();
    return TestSupervisor.open({ folder: this.folder, runtime: this.runtime });
  }

  async order(
    serverId: string,
    action: AgentAction,
    changes: {
      operationId?: string;
      deadlineMs?: number;
      wipe?: boolean;
      wipeFirst?: true;
      keepAs?: { name: string; template: string };
    } = {},
  ): Promise<string> {
    const operationId = changes.operationId ?? newId();
    await this.supervisor.take({ serverId, operationId, action, wipe: true, deadlineMs: 60_000, ...changes });
    return operationId;
  }

  /** Makes the server known and installs it. */
  async install(spec: ServerSpec): Promise<string> {
    await this.supervisor.apply(spec);
    await this.done(this.order(spec.serverId, 'install'));
    return spec.serverId;
  }

  /** Installs and starts it. */
  async run(spec: ServerSpec): Promise<string> {
    const serverId = await this.install(spec);
    await this.done(this.order(serverId, 'start'));
    return serverId;
  }

  /** Waits for the end of an operation; fails when it ended with another error. */
  async done(order: string | Promise<string>, errorCode: string | null = null): Promise<OperationRecord> {
    const operationId = await order;
    const operation = await vi.waitFor(() => {
      const found = this.finished.find(({ id }) => id === operationId);
      expect(found, `the end of operation ${operationId}`).toBeDefined();
      return found as OperationRecord;
    }, waiting);
    expect(operation.error?.code ?? null, operation.error?.message).toBe(errorCode);
    return operation;
  }

  state(serverId: string): ServerState {
    return this.supervisor.get(serverId).snapshot().state;
  }

  async reaches(serverId: string, state: ServerState): Promise<StateReport> {
    return vi.waitFor(() => {
      const snapshot = this.supervisor.get(serverId).snapshot();
      expect(snapshot.state).toBe(state);
      return snapshot;
    }, waiting);
  }

  /** The states it was reported in, in order. */
  history(serverId: string): ServerState[] {
    return this.reports.filter((report) => report.serverId === serverId).map(({ state }) => state);
  }

  async lines(serverId: string): Promise<string[]> {
    const page = await this.supervisor.get(serverId).parts.console.read({ limit: 1000 });
    return page.lines.map(({ stream, text }) => `${stream}: ${text}`);
  }
}

const waiting = { timeout: 15_000, interval: 5 };
