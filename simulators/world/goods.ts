import type { Random } from '../../shared/clock.ts'
import type { Sku } from '../../shared/site-map.ts'
import { between } from './chance.ts'
import { gtin14, sgtin96 } from './sgtin.ts'

/** What the warehouse trades in, and the tags on it. */

export interface Article extends Sku {
  readonly gtin: string
  readonly itemReference: number
  readonly storage: 'ambient' | 'cold'
  /** Exactly so many slots hold it; otherwise as chance has it. */
  readonly slots?: number
  /** It lies in so many slots, has its place there, and nowhere else. */
  readonly homes?: number
}

export interface TaggedItem {
  /** EPC, upper-case hex (SGTIN-96). */
  readonly epc: string
  readonly sku: string
}

/** 9506000 lies in the range that GS1 keeps for examples: these tags belong to nobody. */
const companyPrefix = 9_506_000

const ambient = [
  'Wireless earbuds, white',
  'Wireless earbuds, black',
  'USB-C charger 65 W, EU plug',
  'USB-C cable 2 m, braided',
  'Power bank 20,000 mAh',
  'Phone case, clear, 6.1 in',
  'Tempered glass, 6.7 in, 3 pcs',
  'Bluetooth speaker, teal',
  'Smart plug, energy metering',
  'LED strip 5 m, RGB',
  'Mechanical keyboard, 75 %',
  'Gaming mouse, 26k dpi',
  'Webcam 1080p, with shutter',
  'Robot vacuum filter set',
  'Air fryer liners, 100 pcs',
  'Electric kettle 1.7 L, steel',
  'Hand blender 800 W',
  'Coffee grinder, burr',
  'Vacuum flask 500 ml, sage',
  'Lunch box, bento, 1.2 L',
  'Chef knife 20 cm',
  'Silicone baking mat, 2 pcs',
  'Yoga mat 6 mm, plum',
  'Resistance bands, set of 5',
  'Running belt, reflective',
  'Bicycle lamp, USB, front and rear',
  'Camping lantern, foldable',
  'Trekking poles, carbon, pair',
  'Rain poncho, packable',
  'Suitcase, cabin, polycarbonate',
  'Packing cubes, set of 6',
  'Travel pillow, memory foam',
  'Children’s wooden puzzle, animals',
  'Building blocks, 520 pcs',
  'Plush panda 35 cm',
  'Watercolour set, 48 colours',
  'Notebook A5, dotted',
  'Gel pens, 12 colours',
  'Desk organiser, bamboo',
  'Curtain, blackout, 140 × 240 cm',
  'Duvet cover, cotton, 200 × 200 cm',
  'Pillow, bamboo fibre',
  'Bath towel, set of 3',
  'Shower head, water saving',
  'Garden hose nozzle, brass',
  'Plant pot, self-watering, 3 pcs',
  'Solar path light, 6 pcs',
  'Cordless screwdriver 4 V',
  'Hex key set, 9 pcs',
  'Wall plugs 8 mm, 200 pcs',
] as const

const cold = [
  'Face serum, vitamin C, 30 ml',
  'Sheet mask, collagen, 10 pcs',
  'Probiotic capsules, 60 pcs',
  'Dark chocolate 70 %, 12 bars',
  'Matcha powder, ceremonial, 100 g',
  'Insulin cool pack refills',
  'Contact lens solution, 2 × 360 ml',
  'Cheese board selection, 1.2 kg',
  'Smoked salmon, sliced, 500 g',
] as const

/** 61 articles of cross-border e-commerce: 51 ambient (one of them in exactly three slots), 10 for the cold room (one with places of its own). */
export const articles: readonly Article[] = [
  article('Hex bolt M8 × 40, zinc, 100 pcs', 1, 'ambient', 3),
  ...ambient.map((name, index) => article(name, index + 2, 'ambient')),
  ...cold.map((name, index) => article(name, index + 2 + ambient.length, 'cold')),
  { ...article('Flu vaccine, 10 doses', 2 + ambient.length + cold.length, 'cold'), homes: 2 },
]

function article(name: string, itemReference: number, storage: 'ambient' | 'cold', slots?: number): Article {
  const sku = `HD-${10_000 + itemReference * 7}`
  const gtin = gtin14(companyPrefix, itemReference)
  return { sku, name, gtin, itemReference, storage, ...(slots === undefined ? {} : { slots }) }
}

/** Gives out items of an article, each with a serial number of its own that ascends in irregular steps. */
export function tagPrinter(random: Random): (article: Article) => TaggedItem {
  const lastSerial = new Map<string, number>()
  return ({ sku, itemReference }) => {
    const serial = (lastSerial.get(sku) ?? 1_000_000) + between(1, 97, random)
    lastSerial.set(sku, serial)
    return { epc: sgtin96(companyPrefix, itemReference, serial), sku }
  }
}
