import { z } from 'zod';
import { HostPackage, RuntimeName } from './server-spec.ts';

export const RuntimeReport = z
  .object({
    name: RuntimeName,
    available: z.boolean(),
    version: z.string().max(100).nullable(),
    /** Those that are left out are not known. */
    enforces: z.object({
      user: z.boolean(),
      memory: z.boolean(),
      cpu: z.boolean(),
      pids: z.boolean(),
      swap: z.boolean().optional(),
      cpuPinning: z.boolean().optional(),
      ioWeight: z.boolean().optional(),
    }),
    /** Version of the kernel's control groups that limits are set by; null without any. */
    cgroupVersion: z.int().min(1).max(2).nullable().optional(),
    /** How containers share the files of their images. */
    snapshotter: z.string().max(60).optional(),
    /** Plain sentences on what is missing or not isolated. */
    notes: z.array(z.string().max(500)).max(30),
    /** The same on known holes in the walls between servers and the machine. */
    risks: z.array(z.string().max(500)).max(10).optional(),
  })
  .meta({ id: 'RuntimeReport' });

const percent = z.number().min(0).max(100);
const megabytes = z.number().min(0).max(1e12);

/** How a machine is doing; every 30 s. */
export const HealthReport = z.object({
  cpuPercent: percent,
  memoryUsageMb: megabytes,
  memoryTotalMb: megabytes,
  diskUsageMb: megabytes,
  diskTotalMb: megabytes,
  containerCount: z.int().min(0).max(100_000),
  uptimeSeconds: z.number().min(0).max(1e10),
  cpuCores: z.int().min(1).max(4096),
  platform: z.string().max(100),
  hostname: z.string().max(255),
  runtimes: z.array(RuntimeReport).max(5),
});
export type HealthReport = z.output<typeof HealthReport>;

export const nodeAgentCalls = {
  'node:ping': {
    summary: 'Whether the process at the other end still answers',
    input: z.strictObject({}),
    output: z.object({}),
    timeoutMs: 3000,
  },
  'host-packages:missing': {
    summary: 'Which of these packages the machine lacks',
    input: z.strictObject({ packages: z.array(HostPackage).max(20) }),
    output: z.object({ missing: z.array(z.string()) }),
  },
  'host-packages:install': {
    summary: 'Install packages of the distribution',
    input: z.strictObject({ packages: z.array(HostPackage).max(20) }),
    output: z.object({ installed: z.array(z.string()), output: z.string().max(100_000) }),
    timeoutMs: 15 * 60_000,
  },
  'ports:check': {
    summary: 'Which of these ports somebody else holds on this machine',
    input: z.strictObject({
      ports: z
        .array(
          z.strictObject({
            ip: z.string().max(64),
            port: z.int().min(1).max(65535),
            protocol: z.enum(['tcp', 'udp']),
          }),
        )
        .max(200),
    }),
    output: z.object({
      taken: z.array(
        z.object({ port: z.int(), protocol: z.enum(['tcp', 'udp']), holder: z.string().max(200).nullable() }),
      ),
    }),
  },
} as const;

export const nodeAgentEvents = {
  health_report: { summary: 'How the machine is doing', payload: HealthReport },
} as const;
