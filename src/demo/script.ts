/** What the robots of the demo class say and ask. */
import { stars } from '../../signaling/protocol/constants.ts'
import type { NewPoll } from '../../signaling/protocol/polls.ts'

export const chatter = [
  '老师好！画面和声音都很清楚',
  'Hello from Lisbon, the picture is crisp.',
  '延迟真的不到一秒吗？',
  'The badge under the video says about 0.1 s here.',
  '请问这节课会有回放吗？',
  'Could you show the last slide once more?',
  '刚才讲的「票据」是六十秒有效，对吧？',
  'Great example, thank you!',
  '手机上看也很流畅',
  'What happens when my Wi-Fi drops for a moment?',
  '我试了一下断网，几秒钟就自动恢复了。',
  'I reloaded the page and I am still in my seat. Nice.',
  '这个投票功能不错。',
  'Can students speak as well?',
  '举手以后老师给发言权就可以开麦了',
  '记笔记中……',
  'Taking notes. This part is useful.',
  '大家是用电脑还是手机在看？',
]

export const polls: NewPoll[] = [
  {
    question: '你在哪里上课？ Where are you watching from?',
    options: ['电脑 Computer', '平板 Tablet', '手机 Phone'],
    multiple: false,
  },
  {
    question: '这一节的节奏如何？ How is the pace?',
    options: ['太慢 Too slow', '刚好 Just right', '太快 Too fast'],
    multiple: false,
  },
  {
    question: '2 的十次方是多少？ What is 2 to the power of 10?',
    options: ['512', '1000', '1024'],
    multiple: false,
    kind: 'quiz',
    results: 'closed',
    right: [2],
  },
  {
    question: '这节课怎么样？ How do you like this class?',
    options: [...stars],
    multiple: false,
    kind: 'rating',
  },
  {
    question: '还想听什么？ What should come next?',
    options: ['直播技术 Live media', '课程设计 Course design', '支付 Payments', '互动 Interaction'],
    multiple: true,
  },
]
