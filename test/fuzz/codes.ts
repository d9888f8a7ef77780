import { readCode, tagsOfCode } from '../../shared/epc/code.ts'
import { decodeEpc } from '../../shared/epc/decode.ts'
import { describeEpc } from '../../shared/epc/describe.ts'
import { parseDigitalLink } from '../../shared/epc/digital-link.ts'
import { elementString, parseElementString } from '../../shared/epc/element-string.ts'
import { encodeEpc } from '../../shared/epc/encode.ts'
import { parseEpcUri } from '../../shared/epc/uri.ts'
import { bytesOf, hexOf } from '../support/framing.ts'
import { type FuzzTarget, insist, insistReason } from './target.ts'

const utf8 = new TextEncoder()
const decoder = new TextDecoder()
const text = (value: string) => utf8.encode(value)

/** What an EPC says can be written, and says the same again. */
const epcs: FuzzTarget = {
  name: 'epc',
  good: [
    '30340242201D8840009EFDF7',
    '3666C4409047E159B2C2BF100000000000000000000000000000',
    '3114257BF4499602D2000000',
    '390039318D8401057AD850E2458D1E449952E64D9D3E851A4000',
    '3B157E316390F32CCE78D106310325CD06DD7200',
    '3D14257BF71CADD35D8000075BCD1500',
    '3FE175ADC32764000000000B',
    '41000B7F7070D40000830A1C48B1A3C8932A5CC9B3A7D05F4A9D4000',
    '2FF203253313934FFFFFFFFF',
    'F73795211411234538566CB0AFC4',
    'EE3952114132E83C2BF1494197C61DBC3665B600',
    'F0395211415E87A145BAFB4D19A8C0E4',
  ].map(bytesOf),
  take(bytes) {
    const hex = hexOf(bytes)
    const epc = decodeEpc(hex)
    const { tagUri } = describeEpc(hex)
    if (epc.is === 'plus') return 'accepted'
    if (epc.is === 'raw') {
      insist(hex === '' || tagUri === `urn:epc:raw:${hex.length * 4}.x${hex}`, 'a raw URI with every bit')
      return 'refused'
    }
    const again = encodeEpc(epc.coding, epc.filter ?? 0, epc.identity)
    insist(again.ok, 'an identity that the coding can hold')
    // Bits behind the coding only fill the last word: compared is what they say.
    insist(again.ok && JSON.stringify(decodeEpc(again.value)) === JSON.stringify(epc), `the same EPC as ${tagUri}`)
    const parsed = parseEpcUri(tagUri)
    insist(parsed.ok && parsed.value.is === 'tag', 'a tag URI that can be read')
    return 'accepted'
  },
}

/** Everything that a scanner, a wedge or a search box may hand over. */
const codes: FuzzTarget = {
  name: 'codes',
  good: [
    '010950600013435210LOT-7\u001d21S1',
    ']d20109506000134352212115',
    '(01)09506000134352(17)261231(21)32a/b',
    'https://example.com/p/01/9506000134352/21/32a%2Fb?17=261231',
    'urn:epc:id:sgtin:95060001343.05.32a%2Fb',
    'urn:epc:tag:sgln-195:3.9521141.12345.32a%2Fb',
    'urn:epc:id:grai:0614141.12345.ABCD1234%2F',
    "b'303435fc8803d056d15b963f'",
    '333030383333623264646439303134303030303030303030',
    '00106141412345678908',
    '6291041500213',
  ].map(text),
  take(bytes) {
    const said = decoder.decode(bytes)
    const code = readCode(said)
    if (!code.ok) {
      insistReason(code.reason)
      return 'refused'
    }
    const tags = tagsOfCode(code.value)
    insist(tags.length <= 112, 'at most 112 tags')
    for (const tag of tags) insist(/^(?:[0-9A-F]{2})+$/.test(tag), 'tags in upper-case hex')
    return 'accepted'
  },
}

/** What was understood is written so that it is understood again. */
const elements: FuzzTarget = {
  name: 'element strings',
  good: ['010950600013435210LOT-7\u001d21S1', '(01)09506000134352(3103)001250(21)1', '00106141412345678908'].map(text),
  take(bytes) {
    const said = decoder.decode(bytes)
    const parsed = parseElementString(said)
    if (!parsed.ok) {
      insistReason(parsed.reason)
      return 'refused'
    }
    const again = parseElementString(elementString(parsed.value))
    insist(again.ok && JSON.stringify(again.value) === JSON.stringify(parsed.value), 'the same elements again')
    return 'accepted'
  },
}

const links: FuzzTarget = {
  name: 'digital links',
  good: [
    'https://example.com/p/01/9506000134352/21/32a%2Fb?17=261231&linkType=x',
    'http://a/00/106141412345678908',
  ].map(text),
  take(bytes) {
    const parsed = parseDigitalLink(decoder.decode(bytes))
    if (!parsed.ok) insistReason(parsed.reason)
    return parsed.ok ? 'accepted' : 'refused'
  },
}

export const codeTargets: readonly FuzzTarget[] = [epcs, codes, elements, links]
