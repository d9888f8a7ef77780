/**
 * One tag read at a gate, its antenna already told as the side it looks at. `rssiDb`: any level, only differences count;
 * `antenna`: any name, only whether two reads share it counts.
 */
export interface GateRead {
  readonly at: number
  readonly side: Side
  readonly antenna: number
  readonly rssiDb: number
}

export type Side = 'outside' | 'inside'
