/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-json-index.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define ONES G_GUINT64_CONSTANT (0x0101010101010101)
#define ODDS G_GUINT64_CONSTANT (0xaaaaaaaaaaaaaaaa)

/* A bit a byte of one block. */
typedef struct
{
  guint64 quotes;
  guint64 backslashes;
  guint64 brackets;
} Block;

/* The bytes behind a backslash that is not itself behind one. A run of backslashes escapes what
 * follows if it is odd; adding carries through the run, so that its length needs no loop. */
static inline guint64
find_escaped (guint64  backslashes,
              guint64 *escaped)
{
  guint64 starts = backslashes & ~*escaped;
  guint64 codes = ((starts << 1 | ODDS) - starts) ^ ODDS;
  guint64 found = codes ^ (backslashes | *escaped);

  *escaped = (codes & backslashes) >> 63;
  return found;
}

/* Bit n of the answer: whether bits 0 to n hold an odd number of ones. */
static inline guint64
prefix_xor (guint64 bits)
{
  for (guint shift = 1; shift < 64; shift <<= 1)
    bits ^= bits << shift;
  return bits;
}

static inline guint64
take_quotes (SrJsonIndexState *state,
             const Block      *block)
{
  if (block->backslashes == 0 && state->escaped == 0)
    return block->quotes;
  return block->quotes & ~find_escaped (block->backslashes, &state->escaped);
}

/* The highest bit of each byte, as the bits of one byte. */
static inline guint64
gather (guint64 high_bits)
{
  return (high_bits >> 7) * G_GUINT64_CONSTANT (0x0102040810204080) >> 56;
}

/* The highest bit of each byte that is zero; exact, without carries between bytes. */
static inline guint64
zero_bytes (guint64 word)
{
  const guint64 low = ONES * 0x7f;

  return ~(((word & low) + low) | word | low);
}

static Block
read_portable (const guint8 *data,
               gboolean     *has_nul)
{
  Block   block = { 0 };
  guint64 nul = 0;

  for (guint i = 0; i < SR_JSON_BLOCK; i += 8)
    {
      guint64 word;
      guint64 folded;

      memcpy (&word, data + i, sizeof word);
      word = GUINT64_FROM_LE (word);
      folded = word | ONES * 0x20;
      nul |= zero_bytes (word);
      block.quotes |= gather (zero_bytes (word ^ ONES * '"')) << i;
      block.backslashes |= gather (zero_bytes (word ^ ONES * '\\')) << i;
      block.brackets |= gather (zero_bytes (folded ^ ONES * '{') | zero_bytes (folded ^ ONES * '}'))
                        << i;
    }
  *has_nul |= nul != 0;
  return block;
}

static guint
index_portable (SrJsonIndexState *state,
                const guint8     *data,
                gsize             n_blocks,
                guint32          *positions)
{
  guint n = 0;

  for (gsize i = 0; i < n_blocks; i++)
    {
      Block   block = read_portable (data + i * SR_JSON_BLOCK, &state->has_nul);
      guint64 inside = prefix_xor (take_quotes (state, &block)) ^ state->in_string;

      state->in_string = (guint64) ((gint64) inside >> 63);
      block.brackets &= ~inside;
      for (; block.brackets != 0; block.brackets &= block.brackets - 1)
        positions[n++] = (guint32) (i * SR_JSON_BLOCK) + (guint) __builtin_ctzll (block.brackets);
    }
  return n;
}

#if defined(__x86_64__)

/* Four at once, needed or not: a branch on how many there are would be guessed wrong half the
 * time. */
#define FLATTEN(positions, n, bits, base)                                 \
  G_STMT_START                                                            \
  {                                                                       \
    guint count_ = (guint) __builtin_popcountll (bits);                   \
    guint at_ = (n);                                                      \
    do                                                                    \
      {                                                                   \
        for (guint k_ = 0; k_ < 4; k_++)                                  \
          {                                                               \
            (positions)[at_ + k_] = (base) + (guint32) _tzcnt_u64 (bits); \
            bits = _blsr_u64 (bits);                                      \
          }                                                               \
        at_ += 4;                                                         \
      }                                                                   \
    while (G_UNLIKELY (bits != 0));                                       \
    (n) += count_;                                                        \
  }                                                                       \
  G_STMT_END

#define PREFIX_XOR(bits)                                                                   \
  ((guint64) _mm_cvtsi128_si64 (_mm_clmulepi64_si128 (_mm_set_epi64x (0, (gint64) (bits)), \
                                                      _mm_set1_epi8 (-1), 0)))

__attribute__ ((target ("avx2,bmi,popcnt,pclmul"))) static guint
index_avx2 (SrJsonIndexState *state,
            const guint8     *data,
            gsize             n_blocks,
            guint32          *positions)
{
  const __m256i quote = _mm256_set1_epi8 ('"');
  const __m256i backslash = _mm256_set1_epi8 ('\\');
  const __m256i fold = _mm256_set1_epi8 (0x20);
  /* by the lower half of a byte: the one bracket that has it, folded */
  const __m256i brackets = _mm256_setr_epi8 (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}', 0, 0,
                                             0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}', 0, 0);
  __m256i       least = _mm256_set1_epi8 (-1);
  guint64       in_string = state->in_string;
  guint         n = 0;

  for (gsize i = 0; i < n_blocks; i++)
    {
      const __m256i *at = (const __m256i *) (gconstpointer) (data + i * SR_JSON_BLOCK);
      __m256i        a = _mm256_loadu_si256 (at);
      __m256i        b = _mm256_loadu_si256 (at + 1);
      Block          block;
      guint64        inside;
      guint64        found;

#define MASK(of_a, of_b)                             \
  ((guint64) (guint32) _mm256_movemask_epi8 (of_a) | \
   (guint64) (guint32) _mm256_movemask_epi8 (of_b) << 32)
#define BRACKETS(v) \
  _mm256_cmpeq_epi8 (_mm256_or_si256 (v, fold), _mm256_shuffle_epi8 (brackets, v))

      least = _mm256_min_epu8 (least, _mm256_min_epu8 (a, b));
      block.quotes = MASK (_mm256_cmpeq_epi8 (a, quote), _mm256_cmpeq_epi8 (b, quote));
      block.backslashes = MASK (_mm256_cmpeq_epi8 (a, backslash), _mm256_cmpeq_epi8 (b, backslash));
      inside = PREFIX_XOR (take_quotes (state, &block)) ^ in_string;
      in_string = (guint64) ((gint64) inside >> 63);
      found = MASK (BRACKETS (a), BRACKETS (b)) & ~inside;
      FLATTEN (positions, n, found, (guint32) (i * SR_JSON_BLOCK));
    }
  state->in_string = in_string;
  if (_mm256_movemask_epi8 (_mm256_cmpeq_epi8 (least, _mm256_setzero_si256 ())) != 0)
    state->has_nul = TRUE;
  return n;
}

#endif

gboolean
sr_json_index_has (SrJsonIndexKind kind)
{
#if defined(__x86_64__)
  if (kind == SR_JSON_INDEX_AVX2)
    return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("bmi") &&
           __builtin_cpu_supports ("popcnt") && __builtin_cpu_supports ("pclmul");
#endif
  return kind == SR_JSON_INDEX_PORTABLE;
}

SrJsonIndexKind
sr_json_index_best (void)
{
  for (guint kind = SR_N_JSON_INDEXES; kind-- > 0;)
    if (sr_json_index_has ((SrJsonIndexKind) kind))
      return (SrJsonIndexKind) kind;
  return SR_JSON_INDEX_PORTABLE;
}

guint
sr_json_index (SrJsonIndexKind   kind,
               SrJsonIndexState *state,
               const guint8     *data,
               gsize             n_blocks,
               guint32          *positions)
{
#if defined(__x86_64__)
  if (kind == SR_JSON_INDEX_AVX2)
    return index_avx2 (state, data, n_blocks, positions);
#endif
  return index_portable (state, data, n_blocks, positions);
}
