/** Words that begin or divide statements (spec 05 §2). */
export const COMMANDS = [
  "LET",
  "IF",
  "THEN",
  "ELSEIF",
  "ELSE",
  "ENDIF",
  "RETURN",
  "ASSERT",
  "WHILE",
  "DO",
  "ENDWHILE",
  "EXEC",
  "MAST",
] as const;

/** Operators written as words (spec 05 §2). */
export const WORD_OPERATORS = ["LT", "LTE", "GT", "GTE", "EQ", "NEQ", "XOR", "AND", "OR", "NXOR", "NAND", "NOR", "NOT", "NEG"] as const;

/** All functions (spec 05 §7.9). */
export const FUNCTION_NAMES = [
  "CONCAT",
  "LEN",
  "REV",
  "SUBSET",
  "GET",
  "EXISTS",
  "ADDRESS",
  "BOOL",
  "HEX",
  "NUMBER",
  "STRING",
  "ASCII",
  "UTF8",
  "ABS",
  "CEIL",
  "FLOOR",
  "MAX",
  "MIN",
  "DEC",
  "INC",
  "SIGDIG",
  "POW",
  "SQRT",
  "FUNCTION",
  "SUMINPUTS",
  "SUMOUTPUTS",
  "SETLEN",
  "REPLACE",
  "REPLACEFIRST",
  "SUBSTR",
  "OVERWRITE",
  "SHA2",
  "SHA3",
  "PROOF",
  "BITSET",
  "BITGET",
  "BITCOUNT",
  "SIGNEDBY",
  "MULTISIG",
  "CHECKSIG",
  "GETINADDR",
  "GETINAMT",
  "GETINID",
  "GETINTOK",
  "VERIFYIN",
  "GETOUTADDR",
  "GETOUTAMT",
  "GETOUTTOK",
  "GETOUTKEEPSTATE",
  "VERIFYOUT",
  "STATE",
  "PREVSTATE",
  "SAMESTATE",
] as const;

export type FunctionName = (typeof FUNCTION_NAMES)[number];

const functionNames: ReadonlySet<string> = new Set(FUNCTION_NAMES);

export function isFunctionName(word: string): word is FunctionName {
  return functionNames.has(word);
}
