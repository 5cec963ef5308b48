/** Bytes of a prompt that are looked at for its first line. */
const LOOKED_AT = 4096;
/** Characters of it that are kept. */
const KEPT = 200;

/** The first line of a prompt that says something, of at most 200 characters; `undefined` where none does. */
export function firstPromptLine(content: Buffer): string | undefined {
  const text = new TextDecoder('utf-8').decode(content.subarray(0, LOOKED_AT), { stream: true });
  const line = text
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one !== '' && one !== '---');
  return line === undefined ? undefined : [...line].slice(0, KEPT).join('');
}
