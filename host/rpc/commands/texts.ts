import type { MinimoteNode } from "../../node/node.js";
import { jsonObject } from "../../protocol/json.js";
import { type RpcCommand, response } from "../command.js";

type Command = RpcCommand<MinimoteNode>;

const TUTORIAL = `
KISSVM in short: the language of the scripts that lock coins.

A coin's address is a hash of its script. Whoever spends the coin shows the script, and it must end with TRUE.
Keywords are upper case, variables lower case. Words stand apart by spaces; there are no commas and no comments.

STATEMENTS
  LET a = EXPRESSION                      a variable
  LET ( 1 2 ) = EXPRESSION                an array entry, read with GET(1 2)
  IF EXPRESSION THEN .. ELSEIF EXPRESSION THEN .. ELSE .. ENDIF
  WHILE EXPRESSION DO .. ENDWHILE
  ASSERT EXPRESSION                       ends with FALSE unless it is TRUE
  RETURN EXPRESSION                       ends with the value
  EXEC STRING                             runs a text as a script
  MAST HEX                                runs the script with this address that came with the transaction

VALUES
  TRUE FALSE    5 0.5 -3    0xFF    [a text]

OPERATORS, from the loosest to the tightest
  AND OR XOR NAND NOR NXOR
  EQ NEQ LT LTE GT GTE
  & | ^
  + - % << >>
  * /
  NOT NEG ~

GLOBALS
  @BLOCK @BLOCKMILLI      the block the transaction is for, and its time
  @CREATED @COINAGE       the block that created the coin, and how many blocks ago that was
  @INPUT @AMOUNT @ADDRESS @TOKENID @COINID @SCRIPT
  @TOTIN @TOTOUT          how many inputs and outputs there are

FUNCTIONS, some of them
  SIGNEDBY(key)  MULTISIG(n key ..)  CHECKSIG(key data signature)
  STATE(port)  PREVSTATE(port)  SAMESTATE(from to)
  VERIFYOUT(output address amount tokenid keepstate)  GETOUTADDR(output)  GETOUTAMT(output)  SUMOUTPUTS(tokenid)
  SHA2(data)  SHA3(data)  PROOF(data root proof)  CONCAT(a b ..)  LEN(data)  SUBSET(from length data)
  ABS MIN MAX INC DEC FLOOR CEIL POW SQRT SIGDIG  STRING HEX NUMBER BOOL ASCII UTF8

EXAMPLES
  RETURN SIGNEDBY(0x1234..)
  RETURN MULTISIG(2 0x1234.. 0x5678.. 0x9ABC..)
  ASSERT @COINAGE GT 100 RETURN SIGNEDBY(0x1234..)
  IF SIGNEDBY(0x1234..) THEN RETURN TRUE ENDIF RETURN @BLOCK GT 500000 AND SIGNEDBY(0x5678..)

Try scripts out with runscript, or without a node with minimote script run.
`;

const OVERVIEW = `
Minima in short.

Every user runs a complete node: there are no miners who work for others, and nobody has to be trusted. Whoever sends a transaction does
a little work for it, as a proof called TxPoW. Every such proof is also a try at a block: now and then one is good enough, and is the next
block. So blocks are made by those who use the network.

Nodes do not keep the whole past. Of old blocks only those whose proofs happened to be very good are kept, ever fewer the older they are:
this cascade still shows how much work went into the chain. What coins exist is known by the roots of a Merkle mountain range, a tree of
hashes that also adds up all amounts. Every user keeps the proofs of their own coins, and shows them when spending.

Keys are trees of one-time keys from hashes only: they also withstand quantum computers. Every key signs a limited number of times, and
the node keeps count.

Coins are locked by scripts in a small language (see tutorial). Tokens are coloured coins: an amount of Minima that stands for something else.

The original white paper and documentation are at docs.minima.global.
`;

/** `tutorial`: the script language in short (spec 09 §5). */
const tutorial: Command = {
  name: "tutorial",
  summary: "Show the script language in short",
  details: "tutorial\n\ntutorial",
  params: [],
  write: false,
  run: () => response(TUTORIAL),
};

/** `whitepaper`: what Minima is, in short (spec 09 §5). */
const whitepaper: Command = {
  name: "whitepaper",
  summary: "Tell in short how Minima works",
  details: "whitepaper\n\nwhitepaper",
  params: [],
  write: false,
  run: () => response(jsonObject(["whitepaper", OVERVIEW])),
};

/** `test`: the reference's developers open its databases anew with it; there is no need to here (spec 09 §5). */
const test: Command = {
  name: "test",
  summary: "Does nothing but answer",
  details: `test (show:) (action:)

show: taken for compatibility.
action: taken for compatibility.

test`,
  params: ["show", "action"],
  write: false,
  run: () => [],
};

export const TEXT_COMMANDS: readonly Command[] = [tutorial, whitepaper, test];
