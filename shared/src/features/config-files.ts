import { z } from 'zod';

const ConfigText = z.string().max(8192);
const ConfigScalar = z.union([ConfigText, z.number(), z.boolean(), z.null()]);
const ConfigPlain = z.union([ConfigScalar, z.array(ConfigScalar).max(100)]);

/**
 * What is written at one place of a file: a value, or by which value each old one is replaced. Old values are compared
 * as text, or matched when they begin with `regex:`; the new one may then hold `$1`.
 */
export const ConfigValue = z.union([ConfigPlain, z.record(z.string().max(1000), ConfigPlain)]);
export type ConfigPlain = z.output<typeof ConfigPlain>;
export type ConfigValue = z.output<typeof ConfigValue>;

export const ConfigParser = z.enum(['file', 'properties', 'ini', 'json', 'yaml', 'xml', 'toml']);
export type ConfigParser = z.output<typeof ConfigParser>;

/** A file of a game that is brought in line with its server's settings before each start. Text may hold placeholders. */
export const ConfigFile = z.strictObject({
  /** In the server's folder. */
  path: z.string().min(1).max(1024),
  parser: ConfigParser,
  /** By the place in the file, as the parser writes places. */
  find: z
    .record(z.string().min(1).max(1000), ConfigValue)
    .refine((find) => Object.keys(find).length <= 500, 'has more than 500 places'),
  /** False leaves a file alone that is not there yet. */
  createFile: z.boolean().optional(),
});
export type ConfigFile = z.output<typeof ConfigFile>;

export const mostConfigFiles = 50;

/** What the next start makes of one of them. */
export const ConfigFilePlan = z
  .strictObject({
    path: z.string().max(10_000),
    outcome: z.enum(['created', 'changed', 'unchanged']),
    /** Null where there is no file, and for what is too long or is no text. */
    before: z.string().nullable(),
    /** Null where nothing changes, too. */
    after: z.string().nullable(),
    /** Why it stays as it is, or what in it does. */
    notes: z.array(z.string().max(2000)).max(20),
  })
  .meta({ id: 'ConfigFilePlan' });
export type ConfigFilePlan = z.output<typeof ConfigFilePlan>;
