import { set39, set82 } from './characters.ts'
import { isChecked } from './check-digit.ts'

/**
 * GS1 Application Identifiers (General Specifications §3.2) as data, the ones that warehouses meet. One row each:
 * the identifier (a last `n` is the number of decimals), the format, the data title.
 *
 * Formats as in the standard's own tables: `N14` fourteen digits, `N..8` up to eight, `X` of the 82 characters, `Y` of
 * the 39; `+` joins two parts, the second of which may be missing where it is in brackets. Then what is checked:
 * `check` the last digit of the first part, `date` the first six digits as YYMMDD, `time` the hours and minutes behind.
 */
const rows = `
00   N18        check  SSCC
01   N14        check  GTIN
02   N14        check  CONTENT
10   X..20      -      BATCH/LOT
11   N6         date   PROD DATE
12   N6         date   DUE DATE
13   N6         date   PACK DATE
15   N6         date   BEST BEFORE
16   N6         date   SELL BY
17   N6         date   USE BY
20   N2         -      VARIANT
21   X..20      -      SERIAL
22   X..20      -      CPV
235  X..28      -      TPX
240  X..30      -      ADDITIONAL ID
241  X..30      -      CUST. PART No.
242  N..6       -      MTO VARIANT
243  X..20      -      PCN
250  X..30      -      SECONDARY SERIAL
251  X..30      -      REF. TO SOURCE
253  N13+[X..17] check GDTI
254  X..20      -      GLN EXTENSION
255  N13+[N..12] check GCN
30   N..8       -      VAR. COUNT
310n N6         -      NET WEIGHT (kg)
311n N6         -      LENGTH (m)
312n N6         -      WIDTH (m)
313n N6         -      HEIGHT (m)
314n N6         -      AREA (m2)
315n N6         -      NET VOLUME (l)
316n N6         -      NET VOLUME (m3)
320n N6         -      NET WEIGHT (lb)
321n N6         -      LENGTH (in)
322n N6         -      LENGTH (ft)
323n N6         -      LENGTH (yd)
324n N6         -      WIDTH (in)
325n N6         -      WIDTH (ft)
326n N6         -      WIDTH (yd)
327n N6         -      HEIGHT (in)
328n N6         -      HEIGHT (ft)
329n N6         -      HEIGHT (yd)
330n N6         -      GROSS WEIGHT (kg)
331n N6         -      LENGTH (m), log
332n N6         -      WIDTH (m), log
333n N6         -      HEIGHT (m), log
334n N6         -      AREA (m2), log
335n N6         -      VOLUME (l), log
336n N6         -      VOLUME (m3), log
337n N6         -      KG PER m2
340n N6         -      GROSS WEIGHT (lb)
341n N6         -      LENGTH (in), log
342n N6         -      LENGTH (ft), log
343n N6         -      LENGTH (yd), log
344n N6         -      WIDTH (in), log
345n N6         -      WIDTH (ft), log
346n N6         -      WIDTH (yd), log
347n N6         -      HEIGHT (in), log
348n N6         -      HEIGHT (ft), log
349n N6         -      HEIGHT (yd), log
350n N6         -      AREA (in2)
351n N6         -      AREA (ft2)
352n N6         -      AREA (yd2)
353n N6         -      AREA (in2), log
354n N6         -      AREA (ft2), log
355n N6         -      AREA (yd2), log
356n N6         -      NET WEIGHT (t oz)
357n N6         -      NET VOLUME (oz)
360n N6         -      NET VOLUME (qt)
361n N6         -      NET VOLUME (gal)
362n N6         -      VOLUME (qt), log
363n N6         -      VOLUME (gal), log
364n N6         -      VOLUME (in3)
365n N6         -      VOLUME (ft3)
366n N6         -      VOLUME (yd3)
367n N6         -      VOLUME (in3), log
368n N6         -      VOLUME (ft3), log
369n N6         -      VOLUME (yd3), log
37   N..8       -      COUNT
390n N..15      -      AMOUNT
391n N3+N..15   -      AMOUNT
392n N..15      -      PRICE
393n N3+N..15   -      PRICE
394n N4         -      PRCNT OFF
400  X..30      -      ORDER NUMBER
401  X..30      -      GINC
402  N17        check  GSIN
403  X..30      -      ROUTE
410  N13        check  SHIP TO LOC
411  N13        check  BILL TO
412  N13        check  PURCHASE FROM
413  N13        check  SHIP FOR LOC
414  N13        check  LOC No.
415  N13        check  PAY TO
416  N13        check  PROD/SERV LOC
417  N13        check  PARTY
420  X..20      -      SHIP TO POST
421  N3+X..9    -      SHIP TO POST
422  N3         -      ORIGIN
423  N3+[N..12] -      COUNTRY - INITIAL PROCESS
424  N3         -      COUNTRY - PROCESS
425  N3+[N..12] -      COUNTRY - DISASSEMBLY
426  N3         -      COUNTRY - FULL PROCESS
427  X..3       -      ORIGIN SUBDIVISION
7001 N13        -      NSN
7002 X..30      -      MEAT CUT
7003 N10        time   EXPIRY TIME
7006 N6         date   FIRST FREEZE DATE
7007 N6+[N..6]  date   HARVEST DATE
7020 X..20      -      REFURB LOT
7021 X..20      -      FUNC STAT
7022 X..20      -      REV STAT
7023 X..30      -      GIAI - ASSEMBLY
7240 X..20      -      PROTOCOL
8001 N14        -      DIMENSIONS
8002 X..20      -      CMT No.
8003 N14+[X..16] check GRAI
8004 X..30      -      GIAI
8005 N6         -      PRICE PER UNIT
8006 N14+N4     check  ITIP
8007 X..34      -      IBAN
8008 N8+[N..4]  date   PROD TIME
8010 Y..30      -      CPID
8011 N..12      -      CPID SERIAL
8012 X..20      -      VERSION
8013 X..25      -      GMN
8017 N18        check  GSRN - PROVIDER
8018 N18        check  GSRN - RECIPIENT
8019 N..10      -      SRIN
8020 X..25      -      REF No.
8026 N14+N4     check  ITIP CONTENT
90   X..30      -      INTERNAL
91   X..90      -      INTERNAL
92   X..90      -      INTERNAL
93   X..90      -      INTERNAL
94   X..90      -      INTERNAL
95   X..90      -      INTERNAL
96   X..90      -      INTERNAL
97   X..90      -      INTERNAL
98   X..90      -      INTERNAL
99   X..90      -      INTERNAL
`

interface Piece {
  readonly characters: RegExp
  readonly least: number
  readonly longest: number
}

export interface ApplicationIdentifier {
  /** As in the table, with `n` for the number of decimals. */
  readonly row: string
  readonly title: string
  readonly pieces: readonly Piece[]
  readonly checks: 'check' | 'date' | 'time' | '-'
  readonly longest: number
}

const sets: Readonly<Record<string, RegExp>> = { N: /^\d*$/, X: set82, Y: set39 }

const byRow: ReadonlyMap<string, ApplicationIdentifier> = new Map(
  rows
    .trim()
    .split('\n')
    .map((line) => {
      const [, row = '', format = '', checks = '-', title = ''] = /^(\S+)\s+(\S+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
      const pieces = format.split('+').map(pieceOf)
      const longest = pieces.reduce((sum, piece) => sum + piece.longest, 0)
      return [row, { row, title, pieces, checks: checks as ApplicationIdentifier['checks'], longest }]
    }),
)

function pieceOf(format: string): Piece {
  const [, bracket, set = 'X', dots, length = '0'] = /^(\[?)([NXY])(\.\.)?(\d+)\]?$/.exec(format) ?? []
  const longest = Number(length)
  const least = bracket === '[' ? 0 : dots === undefined ? longest : 1
  return { characters: sets[set] ?? set82, least, longest }
}

/** The identifier that stands there, of two to four digits; undefined: none that is known. */
export function applicationIdentifier(ai: string): ApplicationIdentifier | undefined {
  return byRow.get(ai) ?? (ai.length === 4 && /^\d$/.test(ai.slice(3)) ? byRow.get(`${ai.slice(0, 3)}n`) : undefined)
}

/** The identifier with which text begins. No identifier is the beginning of another. */
export function leadingIdentifier(text: string): string | undefined {
  for (const length of [2, 3, 4]) {
    const ai = text.slice(0, length)
    if (ai.length === length && applicationIdentifier(ai) !== undefined) return ai
  }
  return undefined
}

/**
 * Elements that begin so have a length that every reader knows: no separator stands behind them (General Specifications
 * §7.8.5, the table of predefined lengths).
 */
const predefined = /^(?:0[0-4]|1[1-9]|20|3[1-6]|41)/

export function isPredefined(ai: string): boolean {
  return predefined.test(ai)
}

/** Why this is no value of that identifier; undefined: it is one. */
export function flawOfValue({ pieces, checks, longest }: ApplicationIdentifier, value: string): string | undefined {
  if (value.length > longest) return `longer than ${longest}`
  let at = 0
  for (const { characters, least, longest: most } of pieces) {
    const piece = value.slice(at, at + most)
    if (piece.length < least) return 'too short'
    if (!characters.test(piece)) return 'a character that must not be there'
    at += piece.length
  }
  const first = value.slice(0, pieces[0]?.longest ?? 0)
  switch (checks) {
    case 'check':
      return isChecked(first) ? undefined : 'check digit'
    case 'date':
      return isDate(first, false) ? undefined : 'no such date'
    case 'time':
      return isDate(first, true) ? undefined : 'no such time'
    case '-':
      return undefined
  }
}

/** YYMMDD; day 00 is the end of the month (General Specifications §3.4.2). */
function isDate(text: string, withTime: boolean): boolean {
  const [year, month, day, hour, minute] = (text.match(/../g) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined || month < 1 || month > 12) return false
  // Of the years that two digits may mean every fourth has a 29 February, 2000 too.
  if (day > new Date(Date.UTC(2000 + year, month, 0)).getUTCDate()) return false
  return !withTime || ((hour ?? 24) < 24 && (minute ?? 60) < 60)
}
