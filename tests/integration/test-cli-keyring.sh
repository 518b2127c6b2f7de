#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# strongroomctl with the password in a real gnome-keyring.
. "$(dirname "$0")/lib.sh" "$@"
. "$here/keyring.sh"

use_vault vault
first=$password_file
second=$(set_password second "second password")

start_bus
start_keyring
if "$CTL" snapshots --vault "$scratch/vault" --keyring 2>&1 | grep -q 'without support'; then
  skip_all "built without libsecret"
fi

passes "init keeps the password" ctl init --store-in-keyring
passes "which opens the vault with --keyring" "$CTL" snapshots --keyring
passes "and without any option" "$CTL" snapshots
exits 2 "the keyring and a file" ctl snapshots --keyring
exits 5 "a file is not helped by the keyring" "$CTL" snapshots --password-file "$second"

passes "a site with that vault" "$CTL" site add --name Shop --source "$HOME" --vault "$scratch/vault"
"$CTL" init --vault "$scratch/other" --password-file "$second" >/dev/null
"$CTL" site add --name Other --source "$HOME" --vault "$scratch/other" >/dev/null
passes "its test" "$CTL" site test Shop
like "$output" '^ok .*The password in the keyring opens it' "opens the vault with the keyring"
passes "the test of a site whose vault has no password there" "$CTL" site test Other
like "$output" '^warning .*is not in the keyring' "says that there is none"

lock_keyring
passes "the test while the keyring is locked" "$CTL" site test Shop
like "$output" '^warning .*keyring is locked' "says that it is"
passes "the same for the vault without a password there" "$CTL" site test Other
like "$output" '^warning .*keyring is locked, so it is not known' "which cannot be told then"
exits 6 "a locked keyring" "$CTL" snapshots --keyring
like "$output" 'locked' "the message says so"
exits 2 "and without any option there is no terminal to ask on" "$CTL" snapshots
like "$output" 'locked' "but the message names the keyring too"
stop_keyring
start_keyring

mv "$scratch/vault" "$scratch/moved"
STRONGROOM_VAULT=$scratch/moved passes "a vault that was moved" "$CTL" snapshots --keyring
export STRONGROOM_VAULT=$scratch/moved
passes "key change" "$CTL" key change --keyring --new-password-file "$second"
passes "the keyring has the new password" "$CTL" snapshots --keyring
exits 5 "the old one opens nothing" "$CTL" snapshots --password-file "$first"
passes "the new one does" "$CTL" snapshots --password-file "$second"

key=$("$CTL" key list --keyring --json | json 'd[0]["id"]')
passes "key add" "$CTL" key add --keyring --new-password-file "$first"
passes "key remove" "$CTL" key remove "$key" --password-file "$first"
exits 4 "takes the password out of the keyring" "$CTL" snapshots --keyring
stop_keyring
exits 1 "no keyring" "$CTL" snapshots --keyring
done_testing
