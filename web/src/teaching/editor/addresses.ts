/** Where courses and their lessons are edited. */
export const editorTabs = ['basics', 'outline', 'publish'] as const
export type EditorTab = (typeof editorTabs)[number]

export const courseEditor = (courseId: string, tab: EditorTab = 'basics') => `/teaching/courses/${courseId}?tab=${tab}`
export const lessonEditor = (courseId: string, lessonId: string) => `/teaching/courses/${courseId}/lessons/${lessonId}`
