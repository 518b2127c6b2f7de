#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# Passwords in a real gnome-keyring on a bus of its own: no other service can be started there, so
# that nothing of the person's session is touched and no window appears. $CTL is keyring-probe.
. "$(dirname "$0")/lib.sh" "$@"

key_a=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
key_b=ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100

probe() {
  "$CTL" "$@" 2>"$scratch/error"
}

need dbus-daemon gnome-keyring-daemon gdbus
[ "$(probe look "$key_a")" != unsupported ] || skip_all "built without libsecret"

is "$(probe look "$key_a")" unavailable "no bus"
like "$(cat "$scratch/error")" 'keyring' "the message says of what"

mkdir "$scratch/services"
cat >"$scratch/bus.conf" <<BUS
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$scratch/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>$scratch/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
BUS
coproc BUS { exec dbus-daemon --config-file="$scratch/bus.conf" --nofork --print-address 2>"$scratch/bus.log"; }
later "$BUS_PID"
disown "$BUS_PID"
if ! read -r DBUS_SESSION_BUS_ADDRESS <&"${BUS[0]}"; then
  note "$(cat "$scratch/bus.log")"
  skip_all "no bus can be started"
fi
export DBUS_SESSION_BUS_ADDRESS

is "$(probe look "$key_a")" unavailable "a bus without a keyring"

# The collection "login" is made with this password the first time, and opened with it later.
start_keyring() {
  gnome-keyring-daemon --foreground --unlock --components=secrets \
    --control-directory="$XDG_RUNTIME_DIR/keyring" >>"$scratch/keyring.log" 2>&1 \
    < <(printf 'keyring password') &
  keyring=$!
  later "$keyring"
  if ! gdbus wait --session --timeout 20 org.freedesktop.secrets; then
    note "$(cat "$scratch/keyring.log")"
    skip_all "gnome-keyring does not start"
  fi
}

stop_keyring() {
  kill "$keyring"
  wait "$keyring" 2>/dev/null
}

# lock: as a person's "Lock" does it.
lock() {
  gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock \
    "[objectpath '/org/freedesktop/secrets/collection/login']" >/dev/null
}

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

lock
is "$(probe look "$key_a")" locked "a locked keyring is not an empty one"
like "$(cat "$scratch/error")" 'locked' "the message says so"
is "$(probe ask "$key_a")" dismissed "a question that cannot be shown"
is "$(probe look 0000)" none "what a locked keyring does not have"
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
done_testing
