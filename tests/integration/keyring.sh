# shellcheck shell=bash
# shellcheck disable=SC2154 # scratch is of lib.sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# A real gnome-keyring on a bus of its own, for scripts that have sourced lib.sh: no other service can
# be started there, so that nothing of the person's session is touched and no window appears.

need dbus-daemon gnome-keyring-daemon gdbus

# libsecret 0.20 loses some memory of its own for locked and for removed items.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0

start_bus() {
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
}

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

# lock_keyring: as a person's "Lock" does it.
lock_keyring() {
  gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock \
    "[objectpath '/org/freedesktop/secrets/collection/login']" >/dev/null
}
