/** What the articles of the demo say. */
export const bodies = {
  light: `拍照之前，先别看人，看地上的影子。

影子告诉您三件事：光从哪边来，有多硬，还能留多久。

| 影子 | 光 | 适合 |
| --- | --- | --- |
| 边缘清楚 | 硬光 | 剪影、轮廓 |
| 边缘模糊 | 软光 | 人像、表情 |
| 几乎没有 | 阴天 | 颜色、细节 |

> 作业：同一个路口，早、中、晚各站五分钟，只拍影子。

---

Before you look at people, look at the shadows on the ground. They tell you where the light comes from, how hard it is, and how long it will stay.

> Homework: stand at the same crossing in the morning, at noon and in the evening. Photograph nothing but shadows.`,

  moment: `好照片很少是追来的，多半是等来的。

先找到一个**舞台**：一束光、一面墙、一个门洞。构图、对焦、曝光都调好，然后等人走进来。

等的时候注意两件事。第一，不要一直举着相机，放在胸前，像在等人。第二，数一数：大多数人从进入画面到离开，只有两秒。

等到第十个人的时候，您会开始看出谁值得按快门。

---

Good pictures are seldom hunted, mostly awaited. Find a **stage** first: a beam of light, a wall, a doorway. Frame it, focus, expose, and wait for somebody to walk in.

Keep the camera at your chest, as if you were waiting for a friend. Most people are in the frame for two seconds. After the tenth you begin to see who is worth the shutter.`,

  strangers: `靠近陌生人，靠的不是胆子大，而是**让对方看得见您**。

1. 慢下来。突然出现的人让人紧张。
2. 先点头，再举相机。
3. 拍完给对方看一眼屏幕，说声谢谢。
4. 对方摇头，就放下。没有一张照片值得让人不舒服。

有的地方不拍：医院、学校门口、正在难过的人。

---

Coming close to strangers takes no boldness; it takes **being seen**. Slow down, nod first, show the picture afterwards and say thank you. If they shake their head, lower the camera. No photograph is worth somebody’s discomfort.`,

  sentence: `找一件您最近想说服别人的事，写成一句话，不超过二十五个字。

写不出来？多半是两件事混在了一起。拆开，只留一件。

写出来了？念给一个不相干的人听，请他复述。复述对了，就算写成了。

---

Take something you want to convince others of, and write it as one sentence of at most fifteen words. If you cannot, it is probably two things. Read it to someone who knows nothing of it, and let them say it back.`,

  conclusion: `听的人只想先知道一件事：**要我做什么？**

所以顺序是：结论，理由，细节。时间不够，就从后面删起。

- 不好：“我们对比了三家供应商，从价格、交期来看……”
- 好：“建议选乙家。它贵三个点，但是快两周。细节在这里。”

---

Listeners want to know one thing first: **what am I asked to do?** So: conclusion, reasons, details. If time runs short, cut from the end.`,

  halfSecond: `从您眨眼到学员看见您眨眼，大约要三百毫秒。它们花在这里：

1. **采集**：摄像头每秒拍三十张，每张等三十三毫秒。
2. **编码**：浏览器把一张图压到原来的百分之一。
3. **上路**：一张图拆成几个包，走 UDP，丢了的补一次，补不上就算了。
4. **转发**：服务器不解码，看一眼包头，抄给每个人。
5. **播放**：浏览器多攒几十毫秒，把先后不一的包排好。

没有一步会碰到硬盘，也没有一步会等“传完”。这就是它和点播的区别。

---

About three hundred milliseconds pass from your blink to your students seeing it: capture, encoding, the road, forwarding without decoding, and a small buffer that puts late packets in order. No step touches a disk, and none waits for a file to be complete.`,

  layers: `教室里有人用光纤，有人在地铁上。同一个画面，怎么照顾两头？

老师的浏览器同时发**三路**：大、中、小。服务器看每个学员的网络，给他合适的那一路；网络变了，就在下一个关键帧换一路。

所以老师的上行要够，三路加起来大约两兆半；学员那边，一百五十千就能看。

\`\`\`text
老师 ──► 1280×720  ─┐
     ──►  640×360  ─┼──► 服务器 ──► 每人一路
     ──►  320×180  ─┘
\`\`\`

---

Some students sit on fibre, some in the underground. The teacher’s browser sends **three** sizes at once, and the server hands each student the one that fits, changing at the next key frame.`,

  reconnect: `网络断了，先别急着刷新。

浏览器断开后会自己回来：同一个座位，同一个身份，没看到的聊天补上。画面多等一个关键帧，大约一秒。

老师断了也一样：学员看到“老师马上回来”，老师一回来，课就接着上。

真正要刷新的情况只有一种：页面说要刷新。

---

When the network is gone, do not reload yet. The browser comes back by itself: the same seat, the same name, the chat you missed. If the teacher is gone, students see a hold card, and the class goes on when they return.`,

  checklist: `- [ ] 背对墙，面对窗，或者脸前放一盏灯
- [ ] 摄像头和眼睛一样高
- [ ] 戴耳机，关掉手机提示音
- [ ] 用网线，或者离路由器近一点
- [ ] 倒好水
- [ ] 写下第一句话，念三遍

第一句话不要说“能听到吗”，设备检查已经替您听过了。说今天讲完以后，大家能做成什么。

---

- [ ] A wall behind you, a window or a lamp in front
- [ ] The camera at the height of your eyes
- [ ] Headphones on, phone silent
- [ ] A cable, or close to the router
- [ ] A glass of water
- [ ] Your first sentence, written down and said three times`,
}
