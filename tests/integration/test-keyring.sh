#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Passwords in a real gnome-keyring, store and lookup by themselves: $CTL is keyring-probe.
. "$(dirname "$0")/lib.sh" "$@"
. "$here/keyring.sh"

key_a=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
key_b=ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100

probe() {
  "$CTL" "$@" 2>"$scratch/error"
}

[ "$(probe look "$key_a")" != unsupported ] || skip_all "built without libsecret"

is "$(probe look "$key_a")" unavailable "no bus"
like "$(cat "$scratch/error")" 'keyring' "the message says of what"

start_bus
is "$(probe look "$key_a")" unavailable "a bus without a keyring"

start_keyring
is "$(probe look "$key_a")" none "an open keyring without the password"
is "$(probe ask "$key_a")" none "the same when it may ask"
is "$(probe clear "$key_a")" none "nothing to remove"
is "$(probe store "$key_a" 'open sesame ☃')" "done" "store"
is "$(probe look "$key_a")" "done open sesame ☃" "found"
is "$(probe look "$key_b")" none "by this key only"
is "$(probe store "$key_a" 'changed')" "done" "store again"
is "$(probe look "$key_a")" "done changed" "replaces"
is "$(probe store "$key_b" 'other')" "done" "store for another key"

lock_keyring
is "$(probe look "$key_a")" locked "a locked keyring is not an empty one"
like "$(cat "$scratch/error")" 'locked' "the message says so"
is "$(probe ask "$key_a")" dismissed "a question that cannot be shown"
is "$(probe look 0000)" locked "what a locked keyring does not show may be in it"
is "$(probe ask 0000)" dismissed "the same when the question cannot be shown"
is "$(probe store "$key_a" 'lost')" locked "store in a locked keyring"
is "$(probe clear "$key_a")" locked "remove from a locked keyring"

stop_keyring
is "$(probe look "$key_a")" unavailable "the keyring is gone"
start_keyring
is "$(probe look "$key_a")" "done changed" "found after a restart, and not changed while locked"
is "$(probe clear "$key_a")" "done" "remove"
is "$(probe look "$key_a")" none "it is gone"
is "$(probe look "$key_b")" "done other" "the other one is not"
stop_keyring

# A keyring in a file, as in a sandbox without the service.
export SECRET_BACKEND=file
is "$(probe look "$key_a")" unavailable "a file without its master password"
export SECRET_FILE_TEST_PASSWORD="master"
is "$(probe look "$key_a")" none "a new file holds nothing"
is "$(probe store "$key_a" 'in a file')" "done" "store"
is "$(probe look "$key_a")" "done in a file" "found"
is "$(probe clear "$key_a")" "done" "remove"
is "$(probe look "$key_a")" none "it is gone"
done_testing
