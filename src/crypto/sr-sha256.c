/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include "crypto/sr-sha256.h"

const guint32 sr_sha256_initial[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

static gint unwanted; /* atomic */

void
sr_sha256_set_wanted (gboolean wanted)
{
  g_atomic_int_set (&unwanted, !wanted);
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>

/* Only these functions may be compiled for more than the common processor. */
#define WITH_SHA __attribute__ ((target ("sha,sse4.1,ssse3")))

/* Bits of the CPUID leaves 1 (ECX) and 7 (EBX), Intel's manual, volume 2A. */
#define CPUID_SSSE3 (1u << 9)
#define CPUID_SSE41 (1u << 19)
#define CPUID_SHA   (1u << 29)

#define ROUNDS 64

static const guint32 constants[ROUNDS] __attribute__ ((aligned (16))) = {
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
};

/* The eight words in the order of the instructions. */
typedef struct
{
  __m128i abef;
  __m128i cdgh;
} State;

static gboolean
ask_processor (void)
{
  guint eax, ebx, ecx, edx;

  if (!__get_cpuid (1, &eax, &ebx, &ecx, &edx) ||
      (ecx & (CPUID_SSSE3 | CPUID_SSE41)) != (CPUID_SSSE3 | CPUID_SSE41))
    return FALSE;
  return __get_cpuid_count (7, 0, &eax, &ebx, &ecx, &edx) && (ebx & CPUID_SHA) != 0;
}

gboolean
sr_sha256_is_usable (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, ask_processor () ? 2 : 1);
  return once == 2 && !g_atomic_int_get (&unwanted);
}

static inline WITH_SHA State
load_state (const guint32 words[8])
{
  __m128i badc = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i_u *) words), 0xB1);
  __m128i hgfe = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i_u *) (words + 4)), 0x1B);

  return (State){ _mm_alignr_epi8 (badc, hgfe, 8), _mm_blend_epi16 (hgfe, badc, 0xF0) };
}

static inline WITH_SHA void
store_state (State   state,
             guint32 words[8])
{
  __m128i feba = _mm_shuffle_epi32 (state.abef, 0x1B);
  __m128i dchg = _mm_shuffle_epi32 (state.cdgh, 0xB1);

  _mm_storeu_si128 ((__m128i_u *) words, _mm_blend_epi16 (feba, dchg, 0xF0));
  _mm_storeu_si128 ((__m128i_u *) (words + 4), _mm_alignr_epi8 (dchg, feba, 8));
}

/* Sixteen bytes of the message, as words of the other byte order. */
static inline WITH_SHA __m128i
load_words (const guint8 *data)
{
  const __m128i swap = _mm_set_epi64x (0x0c0d0e0f08090a0b, 0x0405060700010203);

  return _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i_u *) data), swap);
}

/* Makes four words of the schedule of the sixteen before them. */
static inline WITH_SHA __m128i
next_words (__m128i w0,
            __m128i w4,
            __m128i w8,
            __m128i w12)
{
  __m128i sum = _mm_add_epi32 (_mm_sha256msg1_epu32 (w0, w4), _mm_alignr_epi8 (w12, w8, 4));

  return _mm_sha256msg2_epu32 (sum, w12);
}

WITH_SHA void
sr_sha256_one (guint32       state[8],
               const guint8 *data,
               gsize         n_blocks)
{
  State s = load_state (state);

  for (; n_blocks > 0; n_blocks--, data += SR_SHA256_BLOCK_SIZE)
    {
      const State before = s;
      __m128i     w[4];

      for (int i = 0; i < 4; i++)
        w[i] = load_words (data + 16 * i);
#pragma GCC unroll 16
      for (int r = 0; r < ROUNDS / 4; r++)
        {
          __m128i k = _mm_load_si128 ((const void *) (constants + 4 * r));
          __m128i p = _mm_add_epi32 (w[r & 3], k);

          s.cdgh = _mm_sha256rnds2_epu32 (s.cdgh, s.abef, p);
          s.abef = _mm_sha256rnds2_epu32 (s.abef, s.cdgh, _mm_shuffle_epi32 (p, 0x0E));
          if (r < 12)
            w[r & 3] = next_words (w[r & 3], w[(r + 1) & 3], w[(r + 2) & 3], w[(r + 3) & 3]);
        }
      s.abef = _mm_add_epi32 (s.abef, before.abef);
      s.cdgh = _mm_add_epi32 (s.cdgh, before.cdgh);
    }
  store_state (s, state);
}

WITH_SHA void
sr_sha256_two (guint32       a_state[8],
               const guint8 *a,
               guint32       b_state[8],
               const guint8 *b,
               gsize         n_blocks)
{
  State s = load_state (a_state);
  State t = load_state (b_state);

  for (; n_blocks > 0; n_blocks--, a += SR_SHA256_BLOCK_SIZE, b += SR_SHA256_BLOCK_SIZE)
    {
      const State s_before = s;
      const State t_before = t;
      __m128i     v[4];
      __m128i     w[4];

      for (int i = 0; i < 4; i++)
        {
          v[i] = load_words (a + 16 * i);
          w[i] = load_words (b + 16 * i);
        }
#pragma GCC unroll 16
      for (int r = 0; r < ROUNDS / 4; r++)
        {
          __m128i k = _mm_load_si128 ((const void *) (constants + 4 * r));
          __m128i p = _mm_add_epi32 (v[r & 3], k);
          __m128i q = _mm_add_epi32 (w[r & 3], k);

          s.cdgh = _mm_sha256rnds2_epu32 (s.cdgh, s.abef, p);
          t.cdgh = _mm_sha256rnds2_epu32 (t.cdgh, t.abef, q);
          s.abef = _mm_sha256rnds2_epu32 (s.abef, s.cdgh, _mm_shuffle_epi32 (p, 0x0E));
          t.abef = _mm_sha256rnds2_epu32 (t.abef, t.cdgh, _mm_shuffle_epi32 (q, 0x0E));
          if (r >= 12)
            continue;
          v[r & 3] = next_words (v[r & 3], v[(r + 1) & 3], v[(r + 2) & 3], v[(r + 3) & 3]);
          w[r & 3] = next_words (w[r & 3], w[(r + 1) & 3], w[(r + 2) & 3], w[(r + 3) & 3]);
        }
      s.abef = _mm_add_epi32 (s.abef, s_before.abef);
      s.cdgh = _mm_add_epi32 (s.cdgh, s_before.cdgh);
      t.abef = _mm_add_epi32 (t.abef, t_before.abef);
      t.cdgh = _mm_add_epi32 (t.cdgh, t_before.cdgh);
    }
  store_state (s, a_state);
  store_state (t, b_state);
}

#else

gboolean
sr_sha256_is_usable (void)
{
  return FALSE;
}

void
sr_sha256_one (guint32       state[8],
               const guint8 *data,
               gsize         n_blocks)
{
  g_assert_not_reached ();
}

void
sr_sha256_two (guint32       a_state[8],
               const guint8 *a,
               guint32       b_state[8],
               const guint8 *b,
               gsize         n_blocks)
{
  g_assert_not_reached ();
}

#endif
