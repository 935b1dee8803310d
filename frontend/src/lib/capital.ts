/** For what stands alone, such as "Yesterday" or the name of a language: in a sentence it would begin small. */
export const capital = (text: string): string => text.replace(/^\p{L}/u, (letter) => letter.toLocaleUpperCase());
