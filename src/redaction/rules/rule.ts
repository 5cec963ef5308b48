/** What says how a secret is found, as data. Patterns are sources of regular expressions without flags. */
export type RuleData = TokenRuleData | AssignedRuleData;

interface CommonRuleData {
  /** The name that findings have. */
  readonly id: string;
  /** In lower case: the pattern is tried where one of them stands, in any case. A text without them costs next to nothing. */
  readonly keywords: readonly string[];
  /** The least Shannon entropy of the secret, in bits a character; any where absent. */
  readonly entropy?: number;
  /** A secret that one of these matches is none. */
  readonly allow?: readonly string[];
}

/** A secret that its form alone makes known. */
export interface TokenRuleData extends CommonRuleData {
  readonly kind: 'token';
  /** Its first group is the secret, the whole match where it has none. */
  readonly pattern: string;
  /** The match begins up to so many characters before the keyword; with the keyword where absent. */
  readonly before?: number;
}

/** A secret that the name which it is assigned to makes known: `NAME … = VALUE`. */
export interface AssignedRuleData extends CommonRuleData {
  readonly kind: 'assigned';
  /** The name, from the keyword on. */
  readonly name: string;
  readonly value: string;
}
