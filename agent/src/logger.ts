import { writeSync } from 'node:fs';

const weights = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, silent: 100 } as const;
export type LogLevel = keyof typeof weights;
export const logLevels = Object.keys(weights) as LogLevel[];

type Fields = Record<string, unknown>;
type Log = { (fields: Fields, message: string): void; (message: string): void };

/**
 * JSON lines in the shape the panel's pino writes, without what pino keeps in memory. A fixed sentence plus fields; never
 * secrets, never console text.
 */
export type Logger = Record<'debug' | 'info' | 'warn' | 'error', Log> & { child(fields: Fields): Logger };

export function createLogger(level: LogLevel, write = writeToStandardOutput, bound: Fields = {}): Logger {
  const log = (name: LogLevel): Log =>
    weights[name] < weights[level]
      ? () => {}
      : (fieldsOrMessage: Fields | string, message?: string) => {
          const fields = typeof fieldsOrMessage === 'string' ? {} : fieldsOrMessage;
          const line = { level: name, time: new Date().toISOString(), ...bound, ...fields };
          if ('err' in fields) Object.assign(line, { err: describeError(fields.err) });
          write(`${JSON.stringify({ ...line, msg: message ?? fieldsOrMessage })}\n`);
        };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (fields) => createLogger(level, write, { ...bound, ...fields }),
  };
}

/** A full disk or a reader that went away must not end the agent. */
function writeToStandardOutput(line: string): void {
  try {
    writeSync(1, line);
  } catch {}
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return { type: name, code, message, stack, ...(cause !== undefined && { cause: describeError(cause) }) };
}
