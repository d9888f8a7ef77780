import type { At, Saying, WhyWords } from './why.ts'

/** Why something is held to be where it is, in English. */
export const whyEn: WhyWords = {
  scanned: ({ slot, by }) => `Scanned into slot ${slot ?? '?'} with a handheld${on(by)}.`,
  picked: ({ by }) => `Picked with a handheld${on(by)}.`,
  passed: ({ way, by, sure }, say) =>
    `Went ${way} through ${by === null ? 'a gate' : `gate ${by}`} (${say.percent(sure)} sure).`,
  carried: ({ unit, departed, ...at }, say) =>
    `Packed on ${unit ?? '?'}, which ${departed ? 'went out' : `is in ${placeOf(at, say)}`}.`,
  read: ({ times, by, covers, zone, slot }, say) =>
    `Read ${often(times, say)} by ${by === null ? 'an antenna that' : `${by}, which`} ${
      covers === 'nothing'
        ? 'is on no map'
        : covers === 'slot'
          ? `covers only slot ${slot ?? '?'}`
          : covers === 'gate'
            ? `stands at the gate of zone ${nameOf(zone, say)}`
            : `covers zone ${nameOf(zone, say)}`
    }.`,
  'not-read': ({ silentMs }, say) => `Not read for ${say.silence(silentMs)}, longer than it is used to be.`,
  'unit-not-read': ({ unit }) => `Packed on ${unit}, which was silent for too long.`,
  'left-the-map': ({ zone, slot }, say) =>
    `${slot === null ? `Zone ${nameOf(zone, say)}` : `Slot ${slot}`} is not on the map any more.`,

  'gone-silent': ({ by }) => `Last read by ${by}; silent for too long since.`,
  'seen-too-little': ({ by, needs }, say) =>
    `Seen by ${by}; ${say.number(needs)} reads at a place on the map make it present.`,
  'slot-left-the-map': ({ by }) => `Its slot is not on the map any more; ${by} saw it last.`,
  'perhaps-elsewhere': ({ zone, slot }, say) => `It may as well be at ${slot ?? nameOf(zone, say)}.`,
  'readers-silent': () => 'No reader that covers the slot is heard now: this may be out of date.',
  'late-reads-wait': () => 'Reads that came late are not weighed yet: within seconds they are.',

  'nothing-heard': () => 'Nothing that was heard of it in its last day speaks for a place.',
  glimpsed: ({ times, at, needs, withinMs }, say) =>
    `Read ${often(times, say)} at ${placeOf(at, say)}, and not believed yet: ` +
    `it takes ${say.number(needs)} reads within ${say.duration(withinMs)}.`,
  'not-overruled': () => 'No read has overruled that.',
  'fell-silent': ({ at, usualMs, silentMs }, say) =>
    `${
      usualMs === null
        ? `It was read at ${placeOf(at, say)}`
        : `It used to be read every ${say.duration(usualMs)} at ${placeOf(at, say)}`
    }, and was silent for ${say.duration(silentMs)} while a reader could hear it.`,
  'first-reads': ({ at, reads, sureAfter }, say) =>
    `Heard most at ${placeOf(at, say)} in its first reads (${say.number(reads)}); ` +
    `sure after ${say.number(sureAfter)}, or as soon as it leads clearly.`,
  between: ({ at, rival, share }, say) =>
    `It was at ${placeOf(at, say)}; ${placeOf(rival, say)} ${
      share === null ? 'was heard as well' : `has ${say.percent(share)} of what it takes to win`
    }.`,
  'reads-speak': ({ at, against }, say) =>
    against === 0
      ? `Its reads speak for ${placeOf(at, say)}, and for no other place.`
      : `Its reads speak for ${placeOf(at, say)}; ` +
        `what speaks most against it has ${say.percent(against)} of what it takes to win.`,

  'reads-make-present': ({ reads, withinMs }, say) =>
    `${reads === 1 ? 'One more read' : `${say.number(reads)} reads`} within ${say.duration(withinMs)} would make it present.`,
  'reads-elsewhere': ({ at, elsewhere, excessDb }, say) => {
    const there = elsewhere === null ? 'another place' : placeOf(elsewhere, say)
    return (
      `Reads at ${there} above the middle of both usual levels, or weaker ones at ${placeOf(at, say)}, until the excess is ` +
      `${say.number(excessDb)} dB × reads: it would be at ${there}.`
    )
  },
  'word-at-once': () => 'A scan, a count or a passage through a gate, at once.',
  'silence-says-nothing': ({ at }, say) =>
    `No reader that covers ${placeOf(at, say)} can be believed: silence changes nothing until one is back.`,
  'silence-ends-it': ({ silentMs }, say) => `${say.duration(silentMs)} without a read: it would be gone.`,

  'slot-expired': ({ afterMs }, say) =>
    `Nothing that covers it was heard for ${say.duration(afterMs)}: what it holds now nobody knows.`,
  'slot-never-heard': () => 'No reader that covers it has been heard yet, and nobody has counted it.',
  'slot-holds': ({ tags, untagged, frozen }, say) => {
    const held = [
      ...(tags === 0 ? [] : [`${say.number(tags)} ${tags === 1 ? 'tag is' : 'tags are'} held to be there`]),
      ...(untagged === 0 ? [] : [`${say.number(untagged)} without a tag were counted there`]),
    ]
    return `${held.join(', and ')}${asOf(frozen)}`
  },
  'slot-watched-empty': ({ frozen }) => `No tag is held to be there, and a reader looks at it${asOf(frozen)}`,
  'slot-counted-empty': ({ frozen }) => `Somebody counted it, and nothing is held to be there${asOf(frozen)}`,

  'count-at-once': () => 'A count of the slot, at once.',
  'read-of-its-antenna': () => 'A read by an antenna that covers it.',
  'heard-better-here': () => 'A tag that its antennas hear clearly better than where it was.',
  'heard-better-elsewhere': () =>
    'Its tags are heard clearly better elsewhere, or silent for longer than they are used to be.',
  'untagged-until-counted': () => 'Goods without tags: nothing but the next count.',
  'readers-without-sign': ({ afterMs }, say) => `${say.duration(afterMs)} without a sign of its readers: unknown.`,
}

/** As the API says it: names are ids, and numbers are plain. */
export const plain: Saying = {
  zone: (id) => id,
  duration: (ms) => {
    if (ms < 1000) return `${Math.round(ms / 100) / 10} s`
    if (ms < 120_000) return `${Math.round(ms / 1000)} s`
    return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
  },
  silence: (ms) => `${Math.round(ms / 1000)} s`,
  number: String,
  percent: (share) => `${Math.round(100 * share)} %`,
}

function placeOf({ zone, slot }: At, say: Saying): string {
  return slot === null ? `zone ${nameOf(zone, say)}` : `slot ${slot}`
}

function nameOf(zone: string | null, say: Saying): string {
  return zone === null ? '?' : say.zone(zone)
}

function on(by: string | null): string {
  return by === null ? '' : ` on ${by}`
}

function often(times: number, say: Saying): string {
  return times === 1 ? 'once' : `${say.number(times)} times`
}

function asOf(frozen: boolean): string {
  return frozen ? '; no reader that covers it is heard now, so nothing departs.' : '.'
}
