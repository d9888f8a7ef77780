import { articleOf, articlesOf } from '../../../shared/epc/article.ts'
import { gtin14Of } from '../../../shared/epc/check-digit.ts'
import { decodeEpc } from '../../../shared/epc/decode.ts'
import { schemeOf } from '../../../shared/epc/schemes.ts'
import type { GoodsScope } from '../../../shared/rules/of-goods.ts'
import type { Fact } from '../../goods/fact-table.ts'
import type { Place } from '../../location/place.ts'

/** An item as rules see it: its tag, and what its site says of it. */
export interface KnownItem {
  readonly epc: string
  readonly sku: string | null
  readonly fact: Fact | undefined
}

/** Whether a place is one that a rule is about. What has left is nowhere. */
export function isThere(
  { site, zone }: { readonly site: string; readonly zone?: string | undefined },
  place: Place | null,
): boolean {
  return place !== null && !place.departed && place.site === site && (zone === undefined || place.zone === zone)
}

/** Whether a rule is about an item: every list that is named must hold something that fits. */
export function fits(scope: GoodsScope | undefined, { epc, sku, fact }: KnownItem): boolean {
  if (scope === undefined) return true
  const { skus, gtins, companyPrefixes, lots, owners } = scope
  if (skus !== undefined && (sku === null || !fitsSku(scope, sku))) return false
  if (gtins !== undefined && !articlesIn(scope, gtins).has(articleOf(epc) ?? -1)) return false
  if (companyPrefixes !== undefined && !companyPrefixes.includes(companyPrefixOf(epc) ?? '')) return false
  if (lots !== undefined && !lots.includes(fact?.lot ?? '')) return false
  return owners === undefined || owners.includes(fact?.owner ?? '')
}

/** Whether a scope is about a SKU, of which there may be no item. */
export function fitsSku(scope: GoodsScope | undefined, sku: string): boolean {
  return scope?.skus === undefined || patternOf(scope, scope.skus).test(sku)
}

/** SKUs that a scope names in full. */
export function namedSkus(scope: GoodsScope | undefined): readonly string[] {
  return (scope?.skus ?? []).filter((sku) => !sku.includes('*'))
}

/** The GS1 company prefix on a tag; undefined: it has none, or does not say how long it is (TDS 2.x). */
function companyPrefixOf(epc: string): string | undefined {
  const read = decodeEpc(epc)
  if (read.is !== 'tag') return undefined
  const { scheme, parts } = read.identity
  return schemeOf(scheme).parts[0]?.is === 'companyPrefix' ? parts[0] : undefined
}

/** Made once for each scope: rules change seldom, and are asked for every item that moves. */
const patterns = new WeakMap<GoodsScope, RegExp>()
const articles = new WeakMap<GoodsScope, ReadonlySet<number>>()

function patternOf(scope: GoodsScope, skus: readonly string[]): RegExp {
  const known = patterns.get(scope)
  if (known !== undefined) return known
  const literal = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const made = new RegExp(`^(?:${skus.map((sku) => sku.split('*').map(literal).join('.*')).join('|')})$`, 'su')
  patterns.set(scope, made)
  return made
}

function articlesIn(scope: GoodsScope, gtins: readonly string[]): ReadonlySet<number> {
  const known = articles.get(scope)
  if (known !== undefined) return known
  const made = new Set(gtins.flatMap((gtin) => articlesOf(gtin14Of(gtin) ?? '')))
  articles.set(scope, made)
  return made
}
