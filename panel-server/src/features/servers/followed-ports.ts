import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { Template } from '@catalyst/shared/features/templates';
import type { PortWish } from './ports.ts';

/**
 * Puts each port that follows another where that one goes. What is asked for one of them can only be what follows from
 * the other, or what it has so far: that moves along. Throws `invalid_input` for anything else.
 */
export function withFollowers(wishes: readonly PortWish[], current: readonly PortBinding[]): PortWish[] {
  return wishes.map((wish) => {
    const { offset, name } = wish;
    const base = offset && wishes.find((one) => one.name === offset.from);
    if (!offset || !base) return wish;
    const before = current.find((one) => one.name === name);
    const port = beside(base, base.port, wish);
    const targetPort = beside(base, base.targetPort, wish);
    if (wish.port !== undefined && wish.port !== port && wish.port !== before?.port) {
      const message = `follows "${base.name}"${port === undefined ? ': ask for that one instead' : `, so it can only be ${port}`}`;
      throw refusal(wish.path, message);
    }
    const seenPort = targetPort ?? port;
    if (
      wish.targetPort !== undefined &&
      wish.targetPort !== seenPort &&
      wish.targetPort !== before?.targetPort
    ) {
      const path = wish.path.replace(/\.port$/, '.targetPort');
      throw refusal(path, `follows "${base.name}": leave it out, and it is where that one leads`);
    }
    if (![base.ip, '0.0.0.0', before?.ip].includes(wish.ip)) {
      throw refusal(wish.path.replace(/\.port$/, '.ip'), `must be the address of "${base.name}"`);
    }
    return { ...wish, ip: base.ip, port, targetPort, path: base.path };
  });
}

export const isFollower = ({ ports }: Pick<Template, 'ports'>, name: string) =>
  ports.some((port) => port.name === name && port.offset !== undefined);

function beside(base: PortWish, port: number | undefined, { name, offset }: PortWish): number | undefined {
  if (port === undefined || !offset) return;
  const number = port + offset.by;
  if (number >= 1024 && number <= 65_535) return number;
  throw refusal(base.path, `leaves no port for "${name}", which would be ${number}`);
}

function refusal(path: string, message: string): AppError {
  return new AppError('invalid_input', `${path} ${message}`, { issues: [{ path, message }] });
}
