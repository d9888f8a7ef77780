import { sayWhy, type Why } from '../../shared/why.ts'
import { plain, whyEn } from '../../shared/why-en.ts'
import type { Departure } from '../location/absence.ts'
import type { Evidence } from '../location/evidence.ts'

/** What this evidence is. */
export function whyOf({ basis, readPoint, place, count, sureness, carriedBy }: Evidence): Why {
  const { zone, slot } = place
  const by = readPoint === '' ? null : readPoint
  if (basis === 'scan') return { code: 'scanned', slot, by }
  if (basis === 'carried') return { code: 'carried', unit: carriedBy ?? null, zone, slot, departed: place.departed }
  if (basis === 'pick') return { code: 'picked', by }
  if (basis === 'passage') return { code: 'passed', way: place.departed ? 'out' : 'in', by, sure: sureness }
  return { code: 'read', times: count, by, covers: coveredBy(basis, zone, slot), zone, slot }
}

/** Why it was held to be gone. */
export function whyOfSilence({ lastReadAt, decidedAt }: Departure): Why {
  return { code: 'not-read', silentMs: decidedAt - lastReadAt }
}

/** In English, as the API and the ledger have it. */
export function inEnglish(why: readonly Why[]): string {
  return why.map((one) => sayWhy(whyEn, one, plain)).join(' ')
}

/** A question mark stands where none was known. */
const id = '(?:[A-Za-z0-9][A-Za-z0-9_.-]*|\\?)'
const where = `(?:(zone) (${id})|slot (${id}))`
/** What `whyEn` says of what is entered in the ledger, taken apart again. */
const entered: readonly (readonly [RegExp, (parts: readonly (string | undefined)[]) => Why])[] = [
  [
    new RegExp(`^Scanned into slot (${id}) with a handheld on (.*)\\.$`),
    ([slot = null, by = null]) => ({ code: 'scanned', slot, by }),
  ],
  [/^Picked with a handheld on (.*)\.$/, ([by = null]) => ({ code: 'picked', by })],
  [
    /^Went (in|out) through gate (.*) \((\d+) % sure\)\.$/,
    ([way, by = null, percent]) => ({
      code: 'passed',
      way: way === 'in' ? 'in' : 'out',
      by,
      sure: Number(percent) / 100,
    }),
  ],
  [
    new RegExp(`^Packed on ([0-9A-F]+|\\?), which (went out|is in ${where})\\.$`),
    ([unit = null, way, , zone = null, slot = null]) => {
      const departed = way === 'went out'
      return { code: 'carried', unit, zone, slot, departed }
    },
  ],
  [/^Packed on ([0-9A-F]+), which was silent for too long\.$/, ([unit = '']) => ({ code: 'unit-not-read', unit })],
  [
    new RegExp(
      `^Read (once|\\d+ times) by (.*), which (?:is on no map|covers only slot (${id})|(stands at the gate of|covers) zone (${id}))\\.$`,
    ),
    ([often, by = null, slot = null, how, zone = null]) => ({
      ...{ code: 'read', times: often === 'once' ? 1 : Number.parseInt(often ?? '', 10), by, zone, slot },
      covers: slot !== null ? 'slot' : how === undefined ? 'nothing' : how === 'covers' ? 'zone' : 'gate',
    }),
  ],
  [
    /^Not read for (\d+) s, longer than it is used to be\.$/,
    ([seconds]) => ({ code: 'not-read', silentMs: 1000 * Number(seconds) }),
  ],
  [
    new RegExp(`^(?:(Zone) (${id})|Slot (${id})) is not on the map any more\\.$`),
    ([, zone = null, slot = null]) => ({ code: 'left-the-map', zone, slot }),
  ],
]

/**
 * What a sentence of the ledger says, which holds sentences and is only ever added to: those of years ago are read as well.
 * Empty: nothing that is known here. A sentence that names a slot does not name its zone.
 */
export function whyEntered(sentence: string): Why[] {
  for (const [form, read] of entered) {
    const parts = form.exec(sentence)
    if (parts !== null) return [read(parts.slice(1).map((part) => (part === '?' ? undefined : part)))]
  }
  return []
}

/** What an antenna of this basis looks at. */
function coveredBy(basis: Evidence['basis'], zone: string | null, slot: string | null) {
  if (basis === 'slot' && slot !== null) return 'slot'
  if (basis === 'gate') return 'gate'
  return basis === 'unplaced' || zone === null ? 'nothing' : 'zone'
}
