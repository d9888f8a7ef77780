import { networkInterfaces } from 'node:os'

/**
 * `url` as somebody can type it: a door that listens on every address is reached by a configured name, else by this
 * machine's first address on a network, else as localhost.
 */
export function reachable(url: string, names: readonly string[] = []): string {
  const parsed = new URL(url)
  if (parsed.hostname !== '0.0.0.0' && parsed.hostname !== '[::]') return url
  const outside = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')
  parsed.hostname = names[0] ?? outside?.address ?? 'localhost'
  return parsed.origin === 'null' ? parsed.href : parsed.origin
}
