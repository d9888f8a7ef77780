import type { At, Saying, WhyWords } from '../../../../shared/why.ts'

/** Why something is held to be where it is, in Chinese. */
export const whyZhCn: WhyWords = {
  scanned: ({ slot, by }) => `手持终端${by === null ? '' : `（${by}）`}扫码放入库位 ${slot ?? '?'}。`,
  picked: ({ by }) => `手持终端${by === null ? '' : `（${by}）`}扫码拣出。`,
  passed: ({ way, by, sure }, say) =>
    `经通道门${by === null ? '' : ` ${by} `}${way === 'in' ? '入库' : '出库'}（把握 ${say.percent(sure)}）。`,
  carried: ({ unit, departed, ...at }, say) =>
    `装在托盘 ${unit ?? '?'} 上，该托盘${departed ? '已出库' : `位于${endOf(at, say)}`}。`,
  read: ({ times, by, covers, zone, slot }, say) =>
    `被${by === null ? '天线' : ` ${by} `}读到 ${say.number(times)} 次，该${by === null ? '天线' : '读取点'}${
      covers === 'nothing'
        ? '不在平面图上'
        : covers === 'slot'
          ? `只覆盖库位 ${slot ?? '?'}`
          : covers === 'gate'
            ? `位于区域“${nameOf(zone, say)}”的通道门`
            : `覆盖区域“${nameOf(zone, say)}”`
    }。`,
  'not-read': ({ silentMs }, say) => `已有 ${say.silence(silentMs)}未被读到，超过它平时的读取间隔。`,
  'unit-not-read': ({ unit }) => `装在托盘 ${unit} 上，该托盘太久未被读到。`,
  'left-the-map': ({ zone, slot }, say) =>
    `${slot === null ? `区域“${nameOf(zone, say)}”` : `库位 ${slot}`}已不在平面图上。`,

  'gone-silent': ({ by }) => `最后由 ${by} 读到，此后太久未再读到。`,
  'seen-too-little': ({ by, needs }, say) =>
    `被 ${by} 读到过；在平面图上的同一位置读到 ${say.number(needs)} 次才算在库。`,
  'slot-left-the-map': ({ by }) => `所在库位已不在平面图上；最后由 ${by} 读到。`,
  'perhaps-elsewhere': ({ zone, slot }, say) => `也可能在 ${slot ?? nameOf(zone, say)}。`,
  'readers-silent': () => '覆盖此库位的读写器目前都没有响应，结论可能已过时。',
  'late-reads-wait': () => '有迟到的读取记录尚未计入，几秒内即会计入。',

  'nothing-heard': () => '最近一天的读取记录不足以说明它在哪里。',
  glimpsed: ({ times, at, needs, withinMs }, say) =>
    `在${placeOf(at, say)}读到 ${say.number(times)} 次，尚不采信：需在 ${say.duration(withinMs)}内读到 ${say.number(needs)} 次。`,
  'not-overruled': () => '此后没有读取记录与之矛盾。',
  'fell-silent': ({ at, usualMs, silentMs }, say) =>
    `${
      usualMs === null
        ? `曾在${placeOf(at, say)}被读到`
        : `原先在${placeOf(at, say)}平均每 ${say.duration(usualMs)}读到一次`
    }，后来读写器工作正常，却有 ${say.duration(silentMs)}没有读到。`,
  'first-reads': ({ at, reads, sureAfter }, say) =>
    `最初 ${say.number(reads)} 次读取中，${placeOf(at, say)}的信号最强；读满 ${say.number(sureAfter)} 次或明显领先后即可确定。`,
  between: ({ at, rival, share }, say) =>
    share === null
      ? `原在${endOf(at, say)}；${placeOf(rival, say)}也读到了它。`
      : `原在${endOf(at, say)}；认定移到${placeOf(rival, say)}所需的依据已达 ${say.percent(share)}。`,
  'reads-speak': ({ at, against }, say) =>
    against === 0
      ? `读取记录都表明在${endOf(at, say)}，没有指向别处的。`
      : `读取记录表明在${endOf(at, say)}；指向别处的最强依据只达到改判所需的 ${say.percent(against)}。`,

  'reads-make-present': ({ reads, withinMs }, say) =>
    `${say.duration(withinMs)}内再读到 ${say.number(reads)} 次，即算在库。`,
  'reads-elsewhere': ({ at, elsewhere, excessDb }, say) => {
    const there = elsewhere === null ? '别处' : endOf(elsewhere, say)
    return `${elsewhere === null ? '别处' : placeOf(elsewhere, say)}的读取强于两处平时信号的中间值，或${placeOf(at, say)}的读取弱于它，累计达到 ${say.number(excessDb)} dB × 次：改判为在${there}。`
  },
  'word-at-once': () => '扫码、盘点或经过通道门：立即生效。',
  'silence-says-nothing': ({ at }, say) =>
    `覆盖${placeOf(at, say)}的读写器目前都不可信：恢复之前，读不到不说明任何问题。`,
  'silence-ends-it': ({ silentMs }, say) => `${say.duration(silentMs)}没有读到：视为已不在。`,

  'slot-expired': ({ afterMs }, say) => `覆盖此库位的设备已 ${say.duration(afterMs)}没有响应：现在放着什么，无从得知。`,
  'slot-never-heard': () => '覆盖此库位的读写器从未有过响应，也没有人盘点过。',
  'slot-holds': ({ tags, untagged, frozen }, say) => {
    const held = [
      ...(tags === 0 ? [] : [`认定有 ${say.number(tags)} 个标签在此`]),
      ...(untagged === 0 ? [] : [`盘点到 ${say.number(untagged)} 件无标签货物`]),
    ]
    return `${held.join('，')}${asOf(frozen)}`
  },
  'slot-watched-empty': ({ frozen }) => `有读写器覆盖此库位，没有认定在此的标签${asOf(frozen)}`,
  'slot-counted-empty': ({ frozen }) => `有人盘点过，没有认定在此的货物${asOf(frozen)}`,

  'count-at-once': () => '盘点此库位：立即生效。',
  'read-of-its-antenna': () => '覆盖此库位的天线读到标签。',
  'heard-better-here': () => '此处天线读到某个标签的信号，明显强于它原来的位置。',
  'heard-better-elsewhere': () => '此处的标签在别处信号明显更强，或超过平时间隔仍未读到。',
  'untagged-until-counted': () => '无标签货物：只有下次盘点才会改变。',
  'readers-without-sign': ({ afterMs }, say) => `读写器 ${say.duration(afterMs)}没有任何响应：状态变为未知。`,
}

function placeOf({ zone, slot }: At, say: Saying): string {
  return slot === null ? `区域“${nameOf(zone, say)}”` : `库位 ${slot} `
}

/** The same where a comma or a full stop follows. */
function endOf(at: At, say: Saying): string {
  return placeOf(at, say).trimEnd()
}

function nameOf(zone: string | null, say: Saying): string {
  return zone === null ? '?' : say.zone(zone)
}

function asOf(frozen: boolean): string {
  return frozen ? '；覆盖它的读写器目前都没有响应，因此不会判为离开。' : '。'
}
