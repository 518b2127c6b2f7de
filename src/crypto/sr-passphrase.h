/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"

G_BEGIN_DECLS

/* Words of sr_passphrase_generate() with which nobody guesses a vault's password: 96 bits. */
#define SR_PASSPHRASE_WORDS 6

/**
 * sr_passphrase_generate:
 * @n_words: 1 to 64, 16 random bits each
 *
 * A password that can be printed, read aloud and typed on any keyboard: words of five letters,
 * consonants and vowels in turn, with hyphens between them ("lusab-babad-gutih-tugad-musog"). The
 * letters are those of Wilkerson's proquints, which leave out what looks or sounds alike.
 *
 * Returns: (transfer full): ASCII without a final zero
 */
SrSecret *sr_passphrase_generate (guint n_words);

/**
 * SrPassphraseStrength:
 * @SR_PASSPHRASE_NONE: nothing was typed
 * @SR_PASSPHRASE_WEAK: found in a short while by who has the vault
 * @SR_PASSPHRASE_FAIR: holds against a chance finder
 * @SR_PASSPHRASE_GOOD: holds against who spends money on it
 * @SR_PASSPHRASE_STRONG: holds
 */
typedef enum
{
  SR_PASSPHRASE_NONE,
  SR_PASSPHRASE_WEAK,
  SR_PASSPHRASE_FAIR,
  SR_PASSPHRASE_GOOD,
  SR_PASSPHRASE_STRONG,
} SrPassphraseStrength;

/**
 * sr_passphrase_estimate:
 * @password: UTF-8 or any bytes
 * @bits: (out) (optional): bits of guessing it stands for, seen kindly
 *
 * An estimate from length, kinds of characters, repetition, runs ("abcd", "4321", keyboard rows)
 * and a short list of what everybody tries, also with digits or signs behind. It knows no
 * dictionary, so that a single common word is judged too well: lower-case words alone count at
 * most 2 bits a letter.
 */
SrPassphraseStrength sr_passphrase_estimate (const SrSecret *password,
                                             double         *bits);

G_END_DECLS
