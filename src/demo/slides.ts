/** The demo teacher's slides: words, what is said to them, and their drawing as SVG, ink on paper. */

const WIDTH = 1280
const HEIGHT = 720
/** The slides turn between a header and a footer that stay. */
export const SLIDE = { y: 88, height: 504 }
/** The line in the footer that dots travel along, from the teacher to the students. */
export const ROUTE = { fromX: 108, toX: 628, y: 652 }
export const CLOCK = { endX: 1216, y: 634, size: 46 }

const PAPER = '#FBF9F6'
const INK = '#1B2027'
const MUTED = '#5B6470'
const LINE = '#E8E3DB'
const PERSIMMON = '#C2410C'
const GREEN = '#0F766E'
const SERIF = "'Noto Serif CJK SC', serif"
const SANS = "'Noto Sans CJK SC', sans-serif"

type Point = { zh: string; en: string }
type Slide = { title: Point; points: Point[]; drawing: string; speech: Point }

const text = (x: number, y: number, size: number, content: string, more = '') =>
  `<text x="${x}" y="${y}" font-size="${size}" ${more}>${content}</text>`
const circle = (x: number, y: number, radius: number, more: string) =>
  `<circle cx="${x}" cy="${y}" r="${radius}" ${more}/>`
const box = (x: number, y: number, width: number, height: number, more: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" ${more}/>`
const outline = (colour: string, width = 3) => `fill="#FFFFFF" stroke="${colour}" stroke-width="${width}"`

const waves = [64, 98, 132, 166, 200]
  .map((radius, index) =>
    circle(1016, 252, radius, `fill="none" stroke="${PERSIMMON}" stroke-width="3" opacity="${1 - index * 0.19}"`),
  )
  .join('')

export const slides: Slide[] = [
  {
    title: { zh: '让学习发生', en: 'How a live class reaches you' },
    points: [
      {
        zh: '从老师的镜头，到你的屏幕，不到半秒',
        en: 'From the camera to your screen in under half a second',
      },
      { zh: '你现在看到的，就是一堂真实的直播课', en: 'What you are watching is a real live class' },
    ],
    drawing: `${waves}${circle(1016, 252, 34, `fill="${PERSIMMON}"`)}<path d="M1006 234 L1006 270 L1036 252 Z" fill="#FFFFFF"/>`,
    speech: {
      zh: '大家好，欢迎来到讲堂。今天我们讲一讲，一堂直播课，是怎样来到你面前的。',
      en: 'Hello, and welcome. Today we look at how a live class reaches you.',
    },
  },
  {
    title: { zh: '画面怎么走？', en: 'Where the picture goes' },
    points: [
      { zh: '摄像头把画面变成一个个小数据包', en: 'The camera turns the picture into small packets' },
      { zh: '服务器原样转发，不再重新编码', en: 'The server forwards them, and never encodes again' },
      { zh: '你的浏览器收到就播放', en: 'Your browser plays them as they arrive' },
    ],
    drawing: `${[0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => box(872 + column * 74, 116 + row * 74, 58, 58, (row * 5 + column * 3) % 4 === 1 ? `fill="${PERSIMMON}"` : outline((row + column) % 3 === 0 ? GREEN : LINE))).join('')).join('')}`,
    speech: {
      zh: '老师的画面，变成一个个小数据包。服务器把它们原样转发给每一位同学。',
      en: 'The picture becomes small packets. The server forwards them to everyone, and never encodes them again.',
    },
  },
  {
    title: { zh: '网络不好怎么办？', en: 'When the network is bad' },
    points: [
      { zh: '画质自动降一级，声音永远优先', en: 'The picture steps down; the sound comes first' },
      { zh: '断线了？座位给你留着', en: 'Lost the line? Your seat is kept' },
      { zh: 'UDP 走不通，就走 TCP', en: 'Where UDP is blocked, TCP takes over' },
    ],
    drawing: `${[64, 122, 186, 256].map((height, index) => box(866 + index * 76, 404 - height, 54, height, index === 3 ? outline(LINE) : `fill="${index === 2 ? PERSIMMON : INK}" opacity="${index === 2 ? 1 : 0.85}"`)).join('')}<line x1="850" y1="412" x2="1170" y2="412" stroke="${INK}" stroke-width="3" stroke-linecap="round"/>`,
    speech: {
      zh: '网络不好的时候，画质会自动降低，声音优先。断线以后，你的座位还在。',
      en: 'When the network is bad, the picture steps down, and the sound comes first. Your seat is kept.',
    },
  },
  {
    title: { zh: '一起上课', en: 'Taking part' },
    points: [
      { zh: '聊天：说说你的想法', en: 'Chat: say what you think' },
      { zh: '举手：老师请你发言', en: 'Raise a hand: the teacher gives you the floor' },
      { zh: '投票：结果马上看到', en: 'Vote: see the result at once' },
    ],
    drawing: `${box(850, 116, 236, 92, outline(INK))}<path d="M884 206 l0 30 l34 -30 Z" fill="#FFFFFF" stroke="${INK}" stroke-width="3"/><rect x="882" y="202" width="40" height="5" fill="#FFFFFF"/>${box(876, 146, 150, 10, `fill="${LINE}"`)}${box(876, 168, 96, 10, `fill="${LINE}"`)}${box(936, 262, 236, 92, `fill="${PERSIMMON}"`)}<path d="M1104 352 l34 30 l0 -30 Z" fill="${PERSIMMON}"/>${box(962, 292, 170, 10, 'fill="#FFFFFF" opacity="0.9"')}${box(962, 314, 110, 10, 'fill="#FFFFFF" opacity="0.9"')}`,
    speech: {
      zh: '你可以聊天，可以举手，也可以投票。老师请你发言的时候，就打开麦克风吧。',
      en: 'You can chat, raise your hand, and vote. When you get the floor, switch your microphone on.',
    },
  },
  {
    title: { zh: '现在试试看', en: 'Now try it' },
    points: [
      { zh: '用学生账号进入，说一声你好', en: 'Come in as a student, and say hello' },
      { zh: '断开网络几秒，看画面自己回来', en: 'Cut the network for a moment; watch it come back' },
      { zh: '用老师账号，开一堂自己的课', en: 'Sign in as a teacher, and start a class of your own' },
    ],
    drawing: `${box(846, 110, 250, 176, outline(INK))}${box(846, 110, 250, 34, `fill="${INK}"`)}${circle(866, 127, 5, `fill="${PERSIMMON}"`)}${box(936, 226, 240, 170, outline(INK))}${box(936, 226, 240, 34, `fill="${PERSIMMON}"`)}${circle(956, 243, 5, 'fill="#FFFFFF"')}<path d="M1036 296 L1036 356 L1086 326 Z" fill="${PERSIMMON}"/>`,
    speech: {
      zh: '现在轮到你了。用学生账号进来，说一声你好。',
      en: 'Now it is your turn. Come in, and say hello.',
    },
  },
]

/** Header and footer, with room for the slides between them and for the clock. */
export function boardSvg(): string {
  const { fromX, toX, y } = ROUTE
  const stop = (x: number, zh: string, en: string, colour: string) =>
    circle(x, y, 9, `fill="${PAPER}" stroke="${colour}" stroke-width="4"`) +
    text(x, y + 38, 17, `${zh} <tspan fill="${MUTED}">${en}</tspan>`, 'text-anchor="middle"')
  return svg(
    HEIGHT,
    [
      box(64, 30, 36, 36, `fill="${PERSIMMON}"`),
      text(82, 57, 23, '讲', `fill="#FFFFFF" text-anchor="middle" font-family="${SERIF}" font-weight="bold"`),
      text(116, 56, 22, `讲堂 <tspan fill="${MUTED}">Jiangtang</tspan>`, 'font-weight="bold"'),
      text(1216, 56, 20, '演示课堂 Demo class', `fill="${MUTED}" text-anchor="end"`),
      `<line x1="64" y1="86" x2="1216" y2="86" stroke="${LINE}" stroke-width="2"/>`,
      `<line x1="64" y1="594" x2="1216" y2="594" stroke="${LINE}" stroke-width="2"/>`,
      `<line x1="${fromX}" y1="${y}" x2="${toX}" y2="${y}" stroke="${LINE}" stroke-width="4"/>`,
      stop(fromX, '老师', 'Teacher', PERSIMMON),
      stop((fromX + toX) / 2, '讲堂', 'Server', INK),
      stop(toX, '学生', 'Students', GREEN),
      text(CLOCK.endX - 332, CLOCK.y + 14, 17, '现在', `fill="${INK}" text-anchor="end"`),
      text(CLOCK.endX - 332, CLOCK.y + 36, 15, 'Now', `fill="${MUTED}" text-anchor="end"`),
    ].join(''),
  )
}

/** All slides one below the other, and the first once more, so that turning the last page leads to the first. */
export function deckSvg(): string {
  const pages = [...slides, slides[0]!].map(
    (slide, index) =>
      `<g transform="translate(0 ${index * SLIDE.height})">${slideSvg(slide, index % slides.length)}</g>`,
  )
  return svg(SLIDE.height * pages.length, pages.join(''))
}

function slideSvg({ title, points, drawing }: Slide, index: number): string {
  const opening = index === 0
  const titleSize = opening ? 84 : 56
  const top = opening ? 170 : 112
  const lead = opening ? 118 : 92
  return [
    text(96, top, titleSize, title.zh, `font-family="${SERIF}" font-weight="bold"`),
    text(98, top + (opening ? 56 : 46), opening ? 34 : 28, title.en, `fill="${PERSIMMON}"`),
    ...points.map(({ zh, en }, row) => {
      const y = top + lead + 34 + row * 92
      return (
        text(98, y, 30, String(row + 1), `fill="${PERSIMMON}" font-family="${SERIF}" font-weight="bold"`) +
        text(138, y, 30, zh) +
        text(138, y + 34, 21, en, `fill="${MUTED}"`)
      )
    }),
    drawing,
    text(1216, 476, 18, `${index + 1} / ${slides.length}`, `fill="${MUTED}" text-anchor="end"`),
  ].join('')
}

export const dotSvg = (): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="18" height="18">${circle(9, 9, 8, `fill="${PERSIMMON}"`)}</svg>`

const svg = (height: number, content: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="${SANS}" fill="${INK}"><rect width="100%" height="100%" fill="${PAPER}"/>${content}</svg>`
