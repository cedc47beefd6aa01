import { z } from 'zod';
import { displayText } from '../contract/values.ts';
import { VariableName } from './variable-rules.ts';

const PortName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
const lowestPort = 1024;
const highestPort = 65_535;

/** For games that count on from another of their ports by themselves. */
export const PortOffset = z.strictObject({
  /** Another port of the template, which has no offset itself. */
  from: PortName,
  /** Added to its number; 0 is the same number for another protocol. */
  by: z.int().min(-highestPort).max(highestPort),
});
export type PortOffset = z.output<typeof PortOffset>;

export const TemplatePort = z.strictObject({
  name: PortName,
  label: displayText(60),
  protocol: z.enum(['tcp', 'udp', 'both']),
  /** Taken when it is free, else the next free one. With an offset it is what the offset makes of the other's. */
  preferred: z.int().min(lowestPort).max(highestPort),
  /** A variable that holds its number, whatever else would be its value. */
  variable: VariableName.optional(),
  /** It is chosen together with the port that it follows, and goes wherever that goes. */
  offset: PortOffset.optional(),
});
export type TemplatePort = z.output<typeof TemplatePort>;

export const TemplatePorts = z
  .array(TemplatePort)
  .min(1)
  .max(16)
  .superRefine((ports, context) => {
    for (const [index, port] of ports.entries()) {
      const issue = offsetIssue(port, ports.slice(0, index), ports);
      if (issue) context.addIssue({ code: 'custom', ...issue, path: [index, ...issue.path] });
    }
  });

/** Without chains, so that all ports that hang together are one port and those that follow it. */
function offsetIssue(
  port: TemplatePort,
  before: readonly TemplatePort[],
  all: readonly TemplatePort[],
): { path: string[]; message: string } | null {
  const { offset, preferred } = port;
  if (!offset) return null;
  const base = all.find(({ name }) => name === offset.from);
  if (port === all[0])
    return { path: ['offset'], message: 'is not for the first port, which players are told' };
  if (!base) return { path: ['offset', 'from'], message: 'must be the name of another port' };
  if (base === port) return { path: ['offset', 'from'], message: 'cannot be the port itself' };
  if (base.offset) return { path: ['offset', 'from'], message: `"${base.name}" follows another port itself` };
  const number = base.preferred + offset.by;
  if (number < lowestPort || number > highestPort) {
    return { path: ['offset', 'by'], message: `makes it ${number}, which is no port from 1024 to 65535` };
  }
  const twin = [base, ...before.filter((one) => one.offset?.from === base.name)].find(
    (one) => (one.offset?.by ?? 0) === offset.by && protocolsMeet(one.protocol, port.protocol),
  );
  if (twin) return { path: ['offset', 'by'], message: `makes it the number of "${twin.name}"` };
  if (preferred === number) return null;
  return { path: ['preferred'], message: `must be ${number}, as it follows "${base.name}"` };
}

function protocolsMeet(one: TemplatePort['protocol'], other: TemplatePort['protocol']): boolean {
  return one === other || one === 'both' || other === 'both';
}
