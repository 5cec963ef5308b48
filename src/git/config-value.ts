/** A text in quotes, as a file of git's configuration has values and subsections (git-config, "Syntax"). Line ends stay as they are. */
export function inQuotes(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A number as git reads one: decimal, octal or hexadecimal, perhaps with a unit. */
const ZERO = /^[-+]?(?:0x0+|0+)[kmg]?$/i;
const NUMBER = /^[-+]?(?:0x[\da-f]+|0[0-7]*|[1-9]\d*)[kmg]?$/i;

/** Whether a value of git's configuration stands for true: `true`, `yes`, `on`, or a number that is not 0 (git-config). */
export function isTrue(value: string): boolean {
  return /^(?:true|yes|on)$/i.test(value) || (NUMBER.test(value) && !ZERO.test(value));
}

/** Whether it stands for true or false. Git ends with an error where it looks for one of them and finds something else. */
export function isBoolean(value: string): boolean {
  return /^(?:true|yes|on|false|no|off|)$/i.test(value) || NUMBER.test(value);
}
