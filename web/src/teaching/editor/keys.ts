/** Under which names drafts are kept while they are edited. */
export const draftKey = (courseId: string) => ['teaching', 'course', courseId]
export const lessonKey = (lessonId: string) => ['teaching', 'lesson', lessonId]
