import fc from 'fast-check';

/** The forms in which programs and people write JSON. */
export const JSON_FORMS = {
  pretty: (value: unknown) => `${JSON.stringify(value, null, 2)}\n`,
  tabs: (value: unknown) => JSON.stringify(value, null, '\t'),
  crlf: (value: unknown) => `${JSON.stringify(value, null, 4)}\n`.replaceAll('\n', '\r\n'),
  oneLine: (value: unknown) => JSON.stringify(value),
  spacedOnOneLine: (value: unknown) => spaced(value, ' '),
  commaFirst: (value: unknown) => commaFirst(value, ''),
  compactInPretty: (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? `{\n${Object.entries(value)
          .map(([name, member]) => `  ${JSON.stringify(name)}: ${JSON.stringify(member)}`)
          .join(',\n')}\n}\n`
      : JSON.stringify(value),
  blankLines: (value: unknown) => JSON.stringify(value, null, 1).replaceAll('\n', '\n\n'),
} as const;

/** A form by its name. */
export const jsonForm = fc.constantFrom(...(Object.keys(JSON_FORMS) as Array<keyof typeof JSON_FORMS>));

function spaced(value: unknown, space: string): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[ ]' : `[ ${value.map((one) => spaced(one, space)).join(' , ')} ]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)} : ${spaced(member, space)}`);
  return members.length === 0 ? '{ }' : `{ ${members.join(' , ')} }`;
}

function commaFirst(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  const join = (open: string, children: readonly string[], close: string) =>
    children.length === 0 ? open + close : `${open} ${children.join(`\n${indent}, `)}\n${indent}${close}`;
  if (Array.isArray(value))
    return join(
      '[',
      value.map((one) => commaFirst(one, inner)),
      ']',
    );
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${commaFirst(member, inner)}`,
  );
  return join('{', members, '}');
}
