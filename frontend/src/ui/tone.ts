/** What a colour says: roles, not hues. */
export type Tone = 'neutral' | 'accent' | 'done' | 'unknown' | 'failed' | 'touristic'
