const maxLength = 60;

/** An id made of a name, with a number behind it when it is taken. */
export function templateId(name: string, isTaken: (id: string) => boolean): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength - 6)
    .replace(/^-|-$/g, '');
  const base = words.length >= 2 ? words : `template${words && `-${words}`}`;
  let id = base;
  for (let number = 2; isTaken(id); number += 1) id = `${base}-${number}`;
  return id;
}
