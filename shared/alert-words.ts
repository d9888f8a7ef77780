import type { Alert } from './api.ts'

/**
 * What the rules that a site begins with, and alerts that need no rule, say in Chinese. Rules hold one text; whoever reads it
 * is told it in the language of the reader, as long as it is the one it came with. A text that people wrote stays theirs.
 */
const inChinese: ReadonlyMap<string, string> = new Map([
  ['Gateway silent', '网关无通信'],
  [
    'Check power and network of the gateway. It keeps its data and sends it when the link is back.',
    '检查网关的电源和网络。网关会保留数据，链路恢复后补传。',
  ],
  ['Reader silent', '读写器无响应'],
  [
    'Check power and cable of the reader. Until it speaks, what it covers keeps its last state, and then turns unknown.',
    '检查读写器的电源和线缆。恢复之前，所覆盖的范围先保留最后已知状态，随后变为未知。',
  ],
  ['Antenna reads far less than usual', '天线读取量远低于平时'],
  [
    'Look at the cable and connector of the antenna, and for metal or water in front of it. If goods were only taken away, ' +
      'the alert ends by itself.',
    '检查天线的线缆和接头，以及前方是否有金属或水。如果只是货物被取走，告警会自行结束。',
  ],
  ['Spool of a gateway fills up', '网关缓存将满'],
  [
    'More comes in than its link takes away. Look at the link and at what else uses it; the page Gateways says when ' +
      'the spool will be full. From then on records are given up.',
    '进入的数据多于链路送出的数据。检查链路以及占用链路的其他程序；“网关”页面会显示缓存何时写满，写满后将开始放弃记录。',
  ],
  ['A gateway had to give records up', '网关不得不放弃记录'],
  [
    'Its spool was full: the link was away for too long, or is too slow. Restore the link, or give the gateway more ' +
      'disk. What is missing is listed with the gateway.',
    '缓存已满：链路中断太久，或速度太慢。请恢复链路，或为网关增加磁盘空间。缺少的记录列在该网关下。',
  ],
  ['Clock of a gateway is wrong', '网关时钟不准'],
  [
    'Nothing is lost: its times are set right. Check the time server (NTP) and the battery of its clock.',
    '数据没有丢失，时间已被校正。检查时间服务器（NTP）和时钟电池。',
  ],
  ['Sensor silent', '传感器无数据'],
  [
    'Check battery, cable and radio of the sensor. Its last value is a memory.',
    '检查传感器的电池、线缆和无线信号。显示的是它最后一次的读数。',
  ],
  ['Two senders use one identity', '两个发送端使用同一身份'],
  [
    'Nothing is taken from this gateway. Find the second one (a copied card or disk image) and switch it off; a ' +
      'gateway whose spool was copied or set back gets an empty one. Then run `warepulse gateway unfork`.',
    '不再接收该网关的任何数据。找到第二个发送端（被复制的存储卡或磁盘镜像）并关闭；缓存被复制或回退过的网关需换成空缓存。然后运行 `warepulse gateway unfork`。',
  ],
  ['Part of the cloud stands still', '云端的一部分停滞不前'],
  [
    'What the board shows of it is old. Nothing is lost: the journal keeps everything. Read the reason at /readyz; ' +
      'free disk or start the database it names. If it stays, stop the cloud and run `warepulse rebuild`.',
    '看板上相应的内容已过时。数据没有丢失，日志保留了全部记录。在 /readyz 查看原因，释放磁盘空间或启动它所指的数据库。若仍不恢复，停止云端并运行 `warepulse rebuild`。',
  ],
  ['A site has as many sensors and read points in its history as it may', '现场的历史序列数已达上限'],
  [
    'Data of new ones is set aside. Names that change with every start or carry an item are a mistake of the gateway: ' +
      'find them under what was set aside. If the site has really grown, raise series.seriesPerSite.',
    '新的传感器和读取点的数据已被搁置。每次启动都变化、或带有物品编号的名称是网关的错误，可在“已搁置”中找到。如果现场确实扩大，请提高 series.seriesPerSite。',
  ],
  ['Cold room too warm', '冷库温度过高'],
  [
    'Close the cold room door. If it was closed, check the compressor and call refrigeration. Move goods when 8 °C lasts 30 minutes.',
    '关上冷库门。如果门是关着的，检查压缩机并联系制冷维修。8 °C 持续 30 分钟时转移货物。',
  ],
  ['In the wrong slot', '放错库位'],
  [
    'Take it to the slot where it belongs, chilled goods first. Dock › What should be where says which slot that is.',
    '放回它的库位，冷藏货物优先。应放哪个库位，见“收发货 › 应在何处”。',
  ],
  ['Air too humid', '空气湿度过高'],
  [
    'Close the dock gates and look for water. Cardboard softens above 90 % for long.',
    '关闭月台门并检查是否有积水。湿度长时间高于 90% 时纸箱会变软。',
  ],
])

/** As boards and as channels call them. */
export type AlertLanguage = 'en' | 'zh-cn' | 'zh-CN'

/** A name or an instruction for a reader of this language. */
export function textIn(language: AlertLanguage, text: string): string {
  return language === 'en' ? text : (inChinese.get(text) ?? text)
}

export function alertIn(language: AlertLanguage, alert: Alert): Alert {
  if (language === 'en') return alert
  return { ...alert, name: textIn(language, alert.name), whatToDo: textIn(language, alert.whatToDo) }
}
