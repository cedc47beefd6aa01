/**
 * An agent's message without what it says about other nodes' servers, wherever the contract puts the name; undefined
 * when nothing is left of it. `foreign` collects the ids that were taken out.
 */
export function withoutForeign<T>(
  message: T,
  isForeign: (serverId: string) => boolean,
  foreign: string[],
): T | undefined {
  if (typeof message !== 'object' || message === null) return message;
  const { serverId } = message as { serverId?: unknown };
  if (typeof serverId === 'string') {
    if (!isForeign(serverId)) return message;
    foreign.push(serverId);
    return undefined;
  }
  const kept: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(message)) {
    if (Array.isArray(field)) {
      kept[key] = field.filter((element) => withoutForeign(element, isForeign, foreign) !== undefined);
    } else {
      kept[key] = withoutForeign(field, isForeign, foreign);
      if (kept[key] === undefined && field !== undefined) return undefined;
    }
  }
  return kept as T;
}
