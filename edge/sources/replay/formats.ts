import { instantFromIso } from '../../decoders/instant.ts'

/** How a recording tells time. */
export interface RecordingFormat {
  /** Event time of a line, Unix ms; `undefined` for lines without one (headers, damage). */
  instantOf(line: string): number | undefined
  /** The same line at another time. */
  withInstant(line: string, at: number): string
}

export const recordingFormats = {
  'item-test-csv': {
    instantOf: (line) => instantFromIso(line.slice(0, Math.max(0, line.indexOf(';')))),
    withInstant: (line, at) => new Date(at).toISOString() + line.slice(line.indexOf(';')),
  },
} as const satisfies Record<string, RecordingFormat>

export type RecordingFormatName = keyof typeof recordingFormats
export const recordingFormatNames = Object.keys(recordingFormats) as [RecordingFormatName]
