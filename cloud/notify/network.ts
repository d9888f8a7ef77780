import { BlockList, isIP } from 'node:net'

/** Networks that a message to the outside has no business in (IANA special-purpose registries, RFC 6890). */
const notPublic: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'], // link-local; metadata of clouds
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  // Only global unicast (2000::/3) is public, and not what carries an IPv4 address inside.
  ['::', 3, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
]

export interface Allowed {
  /** Names as they stand in an address, lower case. */
  readonly names: ReadonlySet<string>
  readonly networks: BlockList
}

/** `allow` as the configuration has it: names, addresses, or networks (`10.1.0.0/16`). */
export function allowedOf(allow: readonly string[]): Allowed {
  const names = new Set<string>()
  const networks = new BlockList()
  for (const one of allow) {
    const [address = '', prefix] = one.split('/')
    const family = familyOf(address)
    if (family === undefined) names.add(one.toLowerCase())
    else networks.addSubnet(address, prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix), family)
  }
  return { names, networks }
}

/** One list for each family: a list of both takes an IPv4 address for a mapped one, and `::/3` would hold all of them. */
const blocked = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const [network, prefix, family] of notPublic) blocked[family].addSubnet(network, prefix, family)

/** May a message go to `host`, which is at `address`? A mapped address (`::ffff:10.0.0.1`) is never public. */
export function mayReach({ names, networks }: Allowed, host: string, address: string): boolean {
  const family = familyOf(address)
  if (family === undefined) return false
  return names.has(host.toLowerCase()) || networks.check(address, family) || !blocked[family].check(address, family)
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}
