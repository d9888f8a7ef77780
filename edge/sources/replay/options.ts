import { z } from 'zod'
import { DeviceId, ReadPoints } from '../common-options.ts'
import { recordingFormatNames } from './formats.ts'

export const ReplayOptions = z
  .strictObject({
    type: z.literal('replay').describe('a recorded file, played through the same street as a live reader'),
    id: DeviceId.describe('id of the reader that the recording stands for'),
    path: z.string().min(1).describe('of the recording; `.gz` is unpacked'),
    format: z.enum(recordingFormatNames).describe('one line = one message'),
    speed: z
      .union([z.literal('max'), z.number().min(0.001).max(1_000_000)])
      .default(1)
      .describe('1 = as recorded, 10 = ten times as fast, max = as fast as it is taken'),
    shiftToNow: z
      .boolean()
      .default(false)
      .describe('event times become the times of this replay; false keeps the recorded ones'),
    readPoints: ReadPoints,
  })
  .refine(({ speed, shiftToNow }) => !(shiftToNow && speed === 'max'), {
    path: ['shiftToNow'],
    message: 'needs a `speed`: at `max` all would happen at one instant',
  })
export type ReplayOptions = z.infer<typeof ReplayOptions>
