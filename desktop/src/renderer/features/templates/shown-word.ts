/** A word of a command. One that looks like several, or like none, is told from those. */
export const shownWord = (word: string): string => (/^\S+$/.test(word) ? word : JSON.stringify(word));
