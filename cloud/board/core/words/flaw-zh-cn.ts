import type { FlawWords } from '../../../../shared/flaw.ts'

/** What is wrong with a row of a spreadsheet, in Chinese; said of its cell. */
export const flawZhCn: FlawWords = {
  'quote-not-closed': () => '引号没有闭合',
  'text-after-quote': () => '闭合引号之后还有文字',
  columns: ({ required, optional, found }) => {
    const more = optional.length === 0 ? '' : `，另可选 ${optional.join('、')}`
    return `首行必须是列名 ${required.join('、')}${more}，不能有其他列。实际为：${found.join('、') || '空'}`
  },
  cells: ({ cells, columns }) => `有 ${cells} 个单元格，应为 ${columns} 个`,
  repeated: ({ line }) => `与第 ${line} 行重复`,

  'no-epc': () => '必须是十六进制数字，且为整字节',
  'no-sscc': () => '必须是 18 位数字，且校验位正确',
  'no-identifier': () => '必须是 1–64 个字母、数字、"_"、"." 或 "-"',
  'no-line': ({ most }) => `必须是 1–${most} 个字符，且不换行`,
  'too-long': ({ most }) => `必须是 1–${most} 个字符`,
  'no-instant': () => '必须是日期，如 2026-03-31，或带时区的时刻',
  'no-whole-number': ({ least, most }) => `必须是 ${least} 到 ${most} 的整数`,
  'no-metres': ({ aboveZero }) => `必须是以米为单位的数字${aboveZero ? '，大于 0' : ''}`,
  'no-gtin': () => '必须是校验位正确的 GTIN',
  'none-of': ({ choices }) => `必须是 ${choices.join(' 或 ')}`,

  'not-on-map': ({ what, name }) => `平面图上没有${names[what]}“${name}”`,
  'needed-for-new': ({ what }) => `新的${names[what]}必须填写`,
  'gtin-of-other': ({ sku }) => `已属于 ${sku}`,

  'says-nothing': () => '没有说明该 EPC 的任何信息',
  'names-not-one': () => '必须且只能填写 epc、sscc、或 sku 加 quantity 之一',
  'parent-without-unit': () => '只能用于仅填写 sscc 的行',
  'quantity-missing': () => '必须填写该托盘上此 SKU 的件数',

  'shipment-otherwise': ({ line }) => `单据信息与第 ${line} 行不一致`,
  'too-many-lines': ({ most }) => `一张单据不能超过 ${most} 行`,
  'unit-on-itself': () => '托盘不能放在自己上面',
  'units-too-high': ({ most }) => `叠放的托盘不能超过 ${most} 层`,

  'shipment-ended': () => '该单据已结束',
  'too-many-shipments': ({ most }) => `进行中的单据不能超过 ${most} 张`,
  'names-no-unit': () => '必须是一个 SSCC',
  'names-no-tag': () => '没有对应的标签：从未读到过',
  'is-unit': () => '它本身就是托盘',
}

const names = { zone: '区域', slot: '库位', sku: ' SKU ', gate: '通道门' }
