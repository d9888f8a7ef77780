import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export const configurationKinds = ['cloud', 'edge', 'simulate'] as const
export type ConfigurationKind = (typeof configurationKinds)[number]

/** What a file is for, told by the keys that only one kind has; what cannot be read is for the loader to tell. */
export function kindOfFile(path: string): ConfigurationKind {
  let keys: readonly string[] = []
  try {
    keys = Object.keys(parse(readFileSync(path, 'utf8')) ?? {})
  } catch {
    // The loader tells what is wrong with it, and where.
  }
  if (keys.some((key) => ['spool', 'uplink', 'sources', 'gateway'].includes(key))) return 'edge'
  if (keys.some((key) => ['seed', 'world', 'scenario', 'size'].includes(key))) return 'simulate'
  return 'cloud'
}
