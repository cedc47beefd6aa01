import { z } from 'zod';
import { Id, Port } from '../contract/values.ts';
import { ConfigFile, mostConfigFiles } from './config-files.ts';

export const CpuPinning = z
  .string()
  .max(200)
  .regex(/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*$/, 'must be a list of cores, such as 0-3,5');
export const IoWeight = z.int().min(10).max(1000);
export const Pids = z.int().min(8).max(32_768);

/** What a server may use. Zero never means "unlimited"; a limit that is absent is not enforced. */
export const Limits = z.strictObject({
  memoryMb: z.int().min(16),
  /** Swap on top of memory; 0 forbids swapping. */
  swapMb: z.int().min(0).default(0),
  /** Fractions of a core: 1.5 is one and a half cores. */
  cpuCores: z.number().min(0.05).max(1024),
  diskMb: z.int().min(1),
  pids: Pids.default(512),
  /** Cores it may run on, as the kernel writes such lists: `0-3,5`. */
  cpuPinning: CpuPinning.optional(),
  /** Its share of the disk's time beside the other servers, 10 to 1000; the usual share is 100. */
  ioWeight: IoWeight.optional(),
});
export type Limits = z.output<typeof Limits>;

const doneTimeout = z.int().min(1).max(3600).default(300);

/** How a game is asked for its state: the list ping of either Minecraft, or Valve's A2S, which many games speak. */
export const QueryProtocol = z.enum(['minecraft', 'minecraft-bedrock', 'source']);
export type QueryProtocol = z.output<typeof QueryProtocol>;

/** When a started server counts as running. */
export const DoneRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('line'),
    contains: z.string().min(1).max(500),
    timeoutSeconds: doneTimeout,
  }),
  /** The first line that holds any of these texts, or in which an expression is found; an empty text is in every line. */
  z
    .strictObject({
      kind: z.literal('lines'),
      anyOf: z.array(z.string().max(500)).max(50),
      /** Looked for in the first `maxMatchedLength` characters of a line. */
      matching: z.array(z.string().min(1).max(500)).max(10).default([]),
      timeoutSeconds: doneTimeout,
    })
    .refine(({ anyOf, matching }) => anyOf.length + matching.length > 0, 'must name a text or an expression'),
  z.strictObject({
    kind: z.literal('port'),
    port: z.string().max(32).describe('Name of the port that must accept a TCP connection'),
    timeoutSeconds: doneTimeout,
  }),
  z.strictObject({
    kind: z.literal('query'),
    protocol: QueryProtocol,
    port: z.string().max(32).describe('Name of the port where the game must answer'),
    timeoutSeconds: doneTimeout,
  }),
]);
export type DoneRule = z.output<typeof DoneRule>;

const StopSignal = z.enum(['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGABRT', 'SIGKILL']);

/** How a server is asked to stop; after the timeout it is killed. */
export const StopRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    command: z.string().min(1).max(500),
    /** Sent as well when the command alone did not end it by then. */
    followUp: z.strictObject({ signal: StopSignal, afterSeconds: z.int().min(1).max(600) }).optional(),
    timeoutSeconds: z.int().min(1).max(600).default(30),
  }),
  z.strictObject({
    kind: z.literal('signal'),
    signal: StopSignal,
    timeoutSeconds: z.int().min(1).max(600).default(30),
  }),
]);
export type StopRule = z.output<typeof StopRule>;

export const RestartPolicy = z.strictObject({
  mode: z.enum(['never', 'on-failure', 'always']).default('on-failure'),
  /** Restarts allowed within the window before the agent gives up. */
  maxRestarts: z.int().min(0).max(100).default(5),
  windowSeconds: z.int().min(10).max(86_400).default(600),
  /** Delay before the first restart; doubles each time, up to 60 s. */
  backoffSeconds: z.number().min(0).max(60).default(1),
});
export type RestartPolicy = z.output<typeof RestartPolicy>;

/** One step of an installation. Paths are relative to the server's folder; commands run there as the server's user. */
export const InstallStep = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('run'),
    label: z.string().max(120),
    argv: z.array(z.string()).min(1).max(100),
  }),
  z.strictObject({
    kind: z.literal('write'),
    label: z.string().max(120),
    path: z.string().max(1024),
    content: z.string().max(1_000_000),
  }),
  /** A file that `entrypoint` reads: its content is no command of ours, and nothing is filled in. */
  z.strictObject({
    kind: z.literal('script'),
    label: z.string().max(120),
    entrypoint: z.string().min(1).max(200),
    content: z.string().max(1_000_000),
  }),
]);
export type InstallStep = z.output<typeof InstallStep>;

export const PortBinding = z.strictObject({
  name: z.string().max(32),
  ip: z.string().max(64),
  port: Port,
  protocol: z.enum(['tcp', 'udp', 'both']),
  /** Where the server itself listens, in its own network; `port` when left out. */
  targetPort: Port.optional(),
});
export type PortBinding = z.output<typeof PortBinding>;

export const InterfaceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/, 'must be the name of a network interface');

/** One step of a chain of CNI plugins, with whatever the plugin wants to know. */
export const CniPlugin = z.looseObject({ type: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });

/** How a server is attached to the network. Processes know only `host`. */
export const ServerNetwork = z.discriminatedUnion('mode', [
  /** The machine's own network, unshared; only where an admin allows it. */
  z.strictObject({ mode: z.literal('host') }),
  /** A private network of the node, with the server's ports published on the machine's addresses. */
  z.strictObject({ mode: z.literal('bridge') }),
  /** An address of its own in the network of one of the machine's interfaces. */
  z.strictObject({
    mode: z.enum(['macvlan', 'ipvlan']),
    parent: InterfaceName,
    /** With the length of its prefix: `192.168.1.50/24`. */
    address: z.union([z.cidrv4(), z.cidrv6()]),
    gateway: z.union([z.ipv4(), z.ipv6()]).nullable(),
  }),
  /** A chain of CNI plugins as an admin wrote it. */
  z.strictObject({
    mode: z.literal('cni'),
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
    plugins: z.array(CniPlugin).min(1).max(10),
  }),
]);
export type ServerNetwork = z.output<typeof ServerNetwork>;

/** A container image: a name with an optional registry, and a tag or a digest. */
export const ImageReference = z
  .string()
  .max(500)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'must be the name of an image');

/** What a private registry asks for. */
export const RegistryLogin = z.strictObject({
  username: z.string().max(255),
  password: z.string().max(4096),
});
export type RegistryLogin = z.output<typeof RegistryLogin>;

/** A registry that an admin trusts. All of it holds for exactly this host and port, and for nowhere it sends us to. */
export const TrustedRegistry = z.strictObject({
  /** As in the names of images. It may be reached where its address is not public, too. */
  host: z.string().min(1).max(255),
  /** Without TLS. */
  plainHttp: z.boolean(),
  login: RegistryLogin.nullable(),
});
export type TrustedRegistry = z.output<typeof TrustedRegistry>;

export const RuntimeName = z.enum(['process', 'containerd', 'fake']);
export type RuntimeName = z.output<typeof RuntimeName>;

/** A package of the host's distribution, and the program (or the absolute path of a file) that shows that it is there. */
export const HostPackage = z.strictObject({
  debian: z.string().regex(/^[a-z0-9][a-z0-9+.-]{1,63}$/),
  program: z.string().regex(/^(\/[A-Za-z0-9._+/-]{1,200}|[A-Za-z0-9._+-]{1,64})$/),
});
export type HostPackage = z.output<typeof HostPackage>;

/**
 * All an agent needs to run one server without asking the panel: it is kept on the agent's disk. Placeholders are
 * already filled in, so every element of `argv` and every value of `environment` is literal; only `configFiles` hold
 * some, since one of them is known to the node alone.
 */
export const ServerSpec = z.strictObject({
  serverId: Id,
  /** Grows with every change; an agent ignores an older one. */
  revision: z.int().min(1),
  runtime: RuntimeName,
  /** Empty: what reads the line in the environment's `STARTUP`, the image's own command or a shell. */
  argv: z.array(z.string().max(8192)).max(200),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), z.string().max(8192)),
  /** Values of the environment that never appear in a console or log. */
  secretNames: z.array(z.string()).default([]),
  limits: Limits,
  ports: z.array(PortBinding).max(64),
  network: ServerNetwork.default({ mode: 'host' }),
  /** What a container is made of; absent where the runtime has no images. */
  image: ImageReference.optional(),
  /** Those of its images that an admin trusts. */
  registries: z.array(TrustedRegistry).max(4).default([]),
  /** Whether the game gets a terminal; its errors are then part of its output. */
  terminal: z.boolean().default(false),
  done: DoneRule,
  stop: StopRule,
  restartPolicy: RestartPolicy,
  install: z.strictObject({
    steps: z.array(InstallStep).max(50),
    /** Where its commands run, when not in the image of the game. */
    image: ImageReference.optional(),
    timeoutSeconds: z.int().min(10).max(7200).default(1800),
  }),
  /** Brought in line with the environment before each start. */
  configFiles: z.array(ConfigFile).max(mostConfigFiles).default([]),
  hostPackages: z.array(HostPackage).max(20).default([]),
  suspended: z.boolean().default(false),
});
export type ServerSpec = z.output<typeof ServerSpec>;
