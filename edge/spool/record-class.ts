/**
 * What a record is worth when room runs out. The code stands in every frame on disk (docs/spool-format.md), so codes
 * are never reused. `void` is no record: numbers whose record was thinned, lost, or never given.
 */
export const classCodes = {
  void: 1,
  measurement: 2,
  observation: 3,
  passage: 4,
  scan: 5,
  device: 6,
  alert: 7,
  clock: 8,
  gap: 9,
  other: 10, // a kind that this version does not know
} as const
export type RecordClass = keyof typeof classCodes
export type ClassCode = (typeof classCodes)[RecordClass]

export const highestClassCode = classCodes.other

const nameOfCode: ReadonlyMap<number, RecordClass> = new Map(
  Object.entries(classCodes).map(([name, code]) => [code, name as RecordClass]),
)

export function className(code: number): RecordClass {
  return nameOfCode.get(code) ?? 'other'
}

export function classCodeOf(kind: string): ClassCode {
  if (kind === 'void' || !Object.hasOwn(classCodes, kind)) return classCodes.other
  return classCodes[kind as RecordClass]
}
