#include "textflag.h"

// func substitute(w uint32) uint32
TEXT ·substitute(SB), NOSPLIT, $0-12
	MOVL            w+0(FP), AX
	MOVL            AX, X0
	PSHUFD          $0, X0, X0
	AESKEYGENASSIST $0, X0, X1
	MOVL            X1, AX
	MOVL            AX, ret+8(FP)
	RET

// func inverseMix(key *[BlockSize]byte)
TEXT ·inverseMix(SB), NOSPLIT, $0-8
	MOVQ   key+0(FP), AX
	MOVOU  (AX), X0
	AESIMC X0, X0
	MOVOU  X0, (AX)
	RET

#define ROUND(at) \
	MOVOU  at(AX), X8 \
	AESDEC X8, X0     \
	AESDEC X8, X1     \
	AESDEC X8, X2     \
	AESDEC X8, X3     \
	AESDEC X8, X4     \
	AESDEC X8, X5     \
	AESDEC X8, X6     \
	AESDEC X8, X7

// func decryptGroups(s *schedule, dst, src *byte, n int, iv *[BlockSize]byte)
//
// X0 to X7 are the blocks, X8 is a round key, X9 the sealed block before one
// of them, X10 that before the first.
TEXT ·decryptGroups(SB), NOSPLIT, $0-40
	MOVQ  s+0(FP), AX
	MOVQ  dst+8(FP), DI
	MOVQ  src+16(FP), SI
	MOVQ  n+24(FP), CX
	MOVQ  iv+32(FP), DX
	MOVOU (DX), X10

next:
	MOVOU 0(SI), X0
	MOVOU 16(SI), X1
	MOVOU 32(SI), X2
	MOVOU 48(SI), X3
	MOVOU 64(SI), X4
	MOVOU 80(SI), X5
	MOVOU 96(SI), X6
	MOVOU 112(SI), X7
	MOVOU 0(AX), X8
	PXOR  X8, X0
	PXOR  X8, X1
	PXOR  X8, X2
	PXOR  X8, X3
	PXOR  X8, X4
	PXOR  X8, X5
	PXOR  X8, X6
	PXOR  X8, X7
	ROUND(16)
	ROUND(32)
	ROUND(48)
	ROUND(64)
	ROUND(80)
	ROUND(96)
	ROUND(112)
	ROUND(128)
	ROUND(144)
	ROUND(160)
	ROUND(176)
	ROUND(192)
	ROUND(208)
	MOVOU      224(AX), X8
	AESDECLAST X8, X0
	AESDECLAST X8, X1
	AESDECLAST X8, X2
	AESDECLAST X8, X3
	AESDECLAST X8, X4
	AESDECLAST X8, X5
	AESDECLAST X8, X6
	AESDECLAST X8, X7

	// All sealed blocks are read again before the first plain one is
	// written, as dst may be src.
	PXOR  X10, X0
	MOVOU 0(SI), X9
	PXOR  X9, X1
	MOVOU 16(SI), X9
	PXOR  X9, X2
	MOVOU 32(SI), X9
	PXOR  X9, X3
	MOVOU 48(SI), X9
	PXOR  X9, X4
	MOVOU 64(SI), X9
	PXOR  X9, X5
	MOVOU 80(SI), X9
	PXOR  X9, X6
	MOVOU 96(SI), X9
	PXOR  X9, X7
	MOVOU 112(SI), X10
	MOVOU X0, 0(DI)
	MOVOU X1, 16(DI)
	MOVOU X2, 32(DI)
	MOVOU X3, 48(DI)
	MOVOU X4, 64(DI)
	MOVOU X5, 80(DI)
	MOVOU X6, 96(DI)
	MOVOU X7, 112(DI)
	ADDQ  $128, SI
	ADDQ  $128, DI
	DECQ  CX
	JNZ   next
	MOVOU X10, (DX)
	RET
