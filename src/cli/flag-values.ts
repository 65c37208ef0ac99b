// Turns the text of flags into values; the settings' schema names what is wrong.

export const number = (text: string): unknown => {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
};

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

export const collect = (text: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  text,
];

export const collectList = (text: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  ...list(text),
];
