/**
 * A benchmark: `bench/<name>.ts` exports `run`. It prints tables to stderr as it likes; what it returns is printed as
 * the last line, one JSON object. Medians where it repeats; what is compared is measured in the same run.
 */
export interface BenchmarkOptions {
  readonly seconds: number | undefined
  readonly batch: number | undefined
  readonly records: number | undefined
  readonly clients: number | undefined
  readonly series: 'sqlite' | 'influx'
  readonly repeats: number | undefined
  readonly seeds: number | undefined
  readonly scale: number | undefined
  readonly gate: {
    readonly file: string | undefined
    readonly outside: string
    readonly inside: string
    readonly rssi: string
  }
}

export type Figures = Readonly<Record<string, number | string | readonly (object | number)[]>>

export interface Benchmark {
  run(options: BenchmarkOptions): Promise<Figures>
}
