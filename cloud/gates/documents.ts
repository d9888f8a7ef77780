import { createHash } from 'node:crypto'
import type { RuleOnGateway } from '../../shared/api.ts'
import { documentFor, type GatewayDocument, type SiteOrders } from '../../shared/gateway-document.ts'
import { gatewayRuleFor } from '../../shared/gateway-rule.ts'
import type { Broker, Upward } from '../broker/broker.ts'
import { readHello } from '../intake/read-hello.ts'
import type { Fact } from '../push/fact.ts'

/** Tells every gateway the part of its site that it works by: its gates, the rules that it judges, items on hold, power. */
export interface GatewayDocuments {
  /** What is new goes to all gateways of the site for which it is. */
  hear(facts: readonly Fact[]): void
  /** A gateway that says hello gets what is in force, whatever it says to have; what it says is remembered. */
  upward(message: Pick<Upward, 'address' | 'channel' | 'payload'>): void
  /** Every rule that runs on gateways, on each gateway that it concerns. */
  rulesOnGateways(): readonly RuleOnGateway[]
}

/** A site of which perhaps no map has come yet. */
interface KnownSite extends Omit<SiteOrders, 'map'> {
  readonly map: SiteOrders['map'] | undefined
}

/** What is sent may be lost: the next hello brings it again. */
export function gatewayDocuments(send: Broker['send'], standing: readonly Fact[]): GatewayDocuments {
  const sites = new Map<string, KnownSite>()
  /** `site/gateway` → version that it was told last, and that it said to work by. */
  const told = new Map<string, number>()
  const said = new Map<string, number>()

  /** The site for which it may be something new. */
  function learn(fact: Fact): string | undefined {
    switch (fact.type) {
      case 'map':
        return know(fact.map.site, { map: fact.map })
      case 'gateway-rules':
        return know(fact.site, { rules: fact.rules })
      case 'held':
        return know(fact.site, { held: fact.epcs, heldLeftOut: fact.leftOut })
      case 'power': {
        const power = new Map(sites.get(fact.site)?.power).set(fact.gateway, fact.orders)
        return know(fact.site, { power })
      }
      default:
        return undefined
    }
  }

  function know(site: string, news: Partial<KnownSite>): string {
    const known = sites.get(site) ?? { map: undefined, rules: [], held: [], heldLeftOut: 0, power: new Map() }
    sites.set(site, { ...known, ...news })
    return site
  }

  function tell(document: GatewayDocument, site: string, gateway: string): void {
    told.set(`${site}/${gateway}`, document.version)
    const payload = Buffer.from(JSON.stringify(document))
    void send({ site, gateway }, 'config', payload).catch(() => undefined)
  }

  for (const fact of standing) learn(fact)
  return {
    hear(facts) {
      for (const site of new Set(facts.flatMap((fact) => learn(fact) ?? []))) {
        const orders = ordersOf(sites.get(site))
        if (orders === undefined) continue
        for (const gateway of gatewaysOf(orders)) {
          const document = versioned(orders, gateway)
          if (told.get(`${site}/${gateway}`) === document.version) continue
          // What it said before it hears of this is history, also where the new is what it once worked by.
          said.delete(`${site}/${gateway}`)
          tell(document, site, gateway)
        }
      }
    },
    upward({ address: { site, gateway }, channel, payload }) {
      if (channel !== 'hello') return
      const hello = readHello(payload)
      if (hello.ok) said.set(`${site}/${gateway}`, hello.value.config)
      const orders = ordersOf(sites.get(site))
      if (orders !== undefined) tell(versioned(orders, gateway), site, gateway)
    },
    rulesOnGateways: () =>
      [...sites.values()].flatMap((known) => {
        const orders = ordersOf(known)
        return orders === undefined
          ? []
          : [...gatewaysOf(orders)].flatMap((gateway) => onGateway(orders, gateway, said))
      }),
  }
}

function onGateway(orders: SiteOrders, gateway: string, said: ReadonlyMap<string, number>): readonly RuleOnGateway[] {
  const { site } = orders.map
  const { version, rules, gates, beamGates } = versioned(orders, gateway)
  const all = [...gates, ...beamGates]
  const sent = new Set(rules.map(({ id }) => id))
  const isInForce = said.get(`${site}/${gateway}`) === version
  return orders.rules
    .filter((rule) => gatewayRuleFor(rule, orders.map, gateway, all) !== undefined)
    .map(({ id }) => ({
      site,
      rule: id,
      gateway,
      state: !sent.has(id) ? 'left-out' : isInForce ? 'running' : 'not-yet',
    }))
}

function ordersOf(known: KnownSite | undefined): SiteOrders | undefined {
  return known?.map === undefined ? undefined : { ...known, map: known.map }
}

function gatewaysOf({ map, power }: SiteOrders): ReadonlySet<string> {
  return new Set([...[...map.readPoints, ...map.sensors].map(({ gateway }) => gateway), ...power.keys()])
}

/** 48 bits of what it says: the same content has the same number, also in a cloud that was restored. */
function versioned(orders: SiteOrders, gateway: string): GatewayDocument {
  const document = documentFor(orders, gateway)
  const digest = createHash('sha256').update(JSON.stringify(document)).digest()
  return { ...document, version: digest.readUIntBE(0, 6) + 1 }
}
