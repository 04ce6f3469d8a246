/** The courses of the demo: what they are called, what they cost, what is in them, and what the robots say of them. */
import type { NewCourse } from '../../courses/schema.ts'
import { bodies } from './articles.ts'

export type ShelfLesson = {
  title: string
  free?: boolean
  trialSeconds?: number
} & ({ kind: 'article'; body: string } | { kind: 'live'; inMs: number; durationMinutes: number })

export type ShelfCourse = Omit<NewCourse, 'categoryId' | 'coverFileId'> & {
  category: string
  by: 'person' | 'robot'
  chapters: { title: string; lessons: ShelfLesson[] }[]
  reviews: { rating: number; text: string }[]
}

const DAY_MS = 24 * 60 * 60_000

export const categories = [
  { slug: 'photography', nameZh: '摄影', nameEn: 'Photography' },
  { slug: 'speaking', nameZh: '表达', nameEn: 'Speaking' },
  { slug: 'technology', nameZh: '技术', nameEn: 'Technology' },
]

export const courses: ShelfCourse[] = [
  {
    category: 'photography',
    by: 'person',
    title: '街头摄影：看见与走近 · Street photography, seeing and coming close',
    summary: '不挑器材，只练眼睛和胆量 · No new gear, just eyes and a little courage',
    intro: `## 您会学到

- 看懂光从哪里来，再决定站在哪里
- 怎样靠近陌生人，又不打扰他们
- 从一百张里挑出一张

每一讲都有作业，直播课上一起点评。

## What you will learn

Read the light before you choose where to stand, come close without disturbing, and pick the one picture out of a hundred. Every talk has homework, and we look at it together in a live class.`,
    priceFen: 19900,
    listPriceFen: 29900,
    accessDays: 365,
    chapters: [
      {
        title: '看见 · Seeing',
        lessons: [
          { kind: 'article', title: '先看光，再看人 · Light first, people second', free: true, body: bodies.light },
          { kind: 'article', title: '等一个瞬间 · Waiting for the moment', trialSeconds: 60, body: bodies.moment },
        ],
      },
      {
        title: '走近 · Coming close',
        lessons: [
          { kind: 'article', title: '怎样靠近陌生人 · How to approach strangers', body: bodies.strangers },
          {
            kind: 'live',
            title: '直播点评：第一次作业 · Live review, first homework',
            inMs: 2 * DAY_MS,
            durationMinutes: 90,
          },
        ],
      },
    ],
    reviews: [
      { rating: 5, text: '第一讲就让我换了站的位置，照片马上不一样了。' },
      { rating: 5, text: 'Short, practical, and the homework is actually reviewed.' },
      { rating: 4, text: '内容很扎实，希望再多一些夜景。' },
    ],
  },
  {
    category: 'speaking',
    by: 'robot',
    title: '把话说清楚 · Say it clearly',
    summary: '三个练习，让别人听得进去 · Three exercises that make people listen',
    intro: `说不清楚，多半是没想清楚。这门课用三个小练习，先把想法理成一句话，再把它讲给别人听。

Most unclear speech is unclear thought. Three small exercises turn an idea into one sentence, and the sentence into something people want to hear.`,
    priceFen: 9900,
    chapters: [
      {
        title: '想清楚 · Think',
        lessons: [
          { kind: 'article', title: '一句话练习 · The one-sentence exercise', free: true, body: bodies.sentence },
          { kind: 'article', title: '先说结论 · Conclusion first', body: bodies.conclusion },
        ],
      },
    ],
    reviews: [
      { rating: 5, text: '开会终于不用说第二遍了。' },
      { rating: 4, text: 'The one-sentence exercise alone is worth it.' },
    ],
  },
  {
    category: 'technology',
    by: 'robot',
    title: '直播课的幕后 · Behind a live class',
    summary: '画面怎样在半秒内到达您面前 · How the picture reaches you in half a second',
    intro: `从摄像头到屏幕，中间经过了什么？这门课把一堂直播课拆开来看：采集、编码、转发、播放，以及网络不好时怎么办。

What lies between the camera and your screen? We take a live class apart: capture, encoding, forwarding, playing, and what happens when the network is poor.`,
    priceFen: 39900,
    listPriceFen: 59900,
    chapters: [
      {
        title: '画面的路 · The way of a picture',
        lessons: [
          {
            kind: 'article',
            title: '半秒钟里发生了什么 · What happens in half a second',
            free: true,
            body: bodies.halfSecond,
          },
          { kind: 'article', title: '一路变三路 · One stream becomes three', trialSeconds: 60, body: bodies.layers },
          { kind: 'article', title: '网络断了以后 · After the network is gone', body: bodies.reconnect },
        ],
      },
    ],
    reviews: [
      { rating: 5, text: '看完再上直播课，知道卡顿是怎么回事了。' },
      { rating: 5, text: 'Finally an explanation without buzzwords.' },
    ],
  },
  {
    category: 'speaking',
    by: 'person',
    title: '开播前的十分钟 · Ten minutes before you go live',
    summary: '给第一次讲直播课的老师 · For teachers who go live for the first time',
    intro: `一张清单，帮您把第一次直播课讲得从容：灯光、声音、开场的第一句话。免费。

A checklist for a calm first live class: light, sound, and the first thing you say. Free.`,
    priceFen: 0,
    chapters: [
      {
        title: '清单 · The list',
        lessons: [{ kind: 'article', title: '十分钟清单 · The ten-minute list', free: true, body: bodies.checklist }],
      },
    ],
    reviews: [{ rating: 5, text: '照着做，一次就顺了。' }],
  },
]

export const plans = [
  {
    title: '年度会员 · Yearly membership',
    description: '一年内，全部课程随便学 · Every course, for a year',
    priceFen: 29900,
    listPriceFen: 49900,
    days: 365,
    allCourses: true,
    onSale: true,
    opens: [] as string[],
  },
  {
    title: '摄影月卡 · A month of photography',
    description: '30 天，摄影类课程 · Photography courses, for 30 days',
    priceFen: 3900,
    days: 30,
    onSale: true,
    opens: ['photography'],
  },
]
