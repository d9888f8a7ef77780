/** One tag read at a gate, its antenna already told as the side it looks at. `rssiDb`: any level, only differences count. */
export interface GateRead {
  readonly at: number
  readonly side: Side
  readonly rssiDb: number
}

export type Side = 'outside' | 'inside'
