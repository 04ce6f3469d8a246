/** The document of the demo's shelf: a list for a walk with a camera, as PDF. */
import { chinesePdf, type Line } from './pdf.ts'

const lines: Line[] = [
  { size: 26, text: '街头摄影清单 · A list for the street' },
  { size: 13, text: '出门前 · Before you leave' },
  { size: 11, text: '□ 一机一镜，电池满格 · One camera, one lens, a full battery' },
  { size: 11, text: '□ 关掉快门声和自动补光 · No shutter sound, no flash' },
  { size: 11, text: '□ 写下今天只练的一件事 · Write down the one thing to practise' },
  { size: 13, text: '到了街上 · On the street' },
  { size: 11, text: '□ 先看地上的影子，再看人 · Shadows first, people second' },
  { size: 11, text: '□ 选好背景，等人走进来 · Choose the background and wait' },
  { size: 11, text: '□ 先点头，再举相机 · Nod before you raise the camera' },
  { size: 11, text: '□ 对方摇头，就放下 · If they shake their head, lower it' },
  { size: 13, text: '回家以后 · At home' },
  { size: 11, text: '□ 一百张里挑三张，隔一天再挑一张 · Three of a hundred, one a day later' },
  { size: 11, text: '□ 为这一张写一句话 · Write one sentence about it' },
]
export const handoutPdf = (): Buffer => chinesePdf([lines])
