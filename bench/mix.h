/* One 64-bit number from another, with no visible relation between neighbours (the finaliser of
   splitmix64). The rule behind the rows of mix8 and behind the checksums. */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include <stdint.h>

uint64_t mix(uint64_t x);

#endif
