#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# What is installed where, that it works from there, and that nothing stays after uninstalling.
. "$(dirname "$0")/lib.sh" "$@"

need meson ninja groff
source_root=${SR_SOURCE_ROOT:-$(readlink -f "$here/../..")}
build_root=${SR_BUILD_ROOT:-$(readlink -f "$(dirname "$CTL")/../..")}
[ -w "$build_root/meson-logs" ] || skip_all "the build folder belongs to somebody else"

# The warnings of the formatter; none is right. A line that cannot be justified is no error.
page_warnings() {
  groff -man -ww -Tutf8 -z "$1" 2>&1
}

# What bash offers for the words given; the last one is being typed.
bash_offers() {
  bash -c '
    . "$1"
    shift
    compopt() { :; }
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _strongroomctl
    printf "%s\n" "${COMPREPLY[@]}"' bash "$installed/share/bash-completion/completions/strongroomctl" \
    "$@"
}

dest=$scratch/dest
passes "installing into a folder" \
  meson install -C "$build_root" --no-rebuild --destdir "$dest"
prefix=$(meson introspect "$build_root" --buildoptions | json \
  'next(o["value"] for o in d if o["name"] == "prefix")')
installed=$dest$prefix

version=$("$CTL" --version)
is "$("$installed/bin/strongroomctl" --version)" "$version" "the installed program runs"
for page in man1/strongroomctl.1 man7/strongroom-vault.7; do
  file=$installed/share/man/$page
  cmp -s "$file" "$source_root/data/man/${page#*/}"
  ok $? "$page is installed"
  is "$(page_warnings "$file")" "" "$page is laid out without a warning"
done
others=$(cd "$installed" && find . -type f | grep -v -e strongroomctl -e strongroom-vault.7 | sort)
if [ -e "$installed/bin/strongroom" ]; then
  id=io.github.strongroom.Strongroom
  expected=$(printf './%s\n' bin/strongroom \
    "share/applications/$id.desktop" \
    "share/dbus-1/services/$id.service" \
    "share/glib-2.0/schemas/$id.gschema.xml" \
    "share/icons/hicolor/scalable/apps/$id.svg" \
    "share/icons/hicolor/symbolic/apps/$id-symbolic.svg" \
    share/locale/ar/LC_MESSAGES/strongroom.mo \
    share/locale/de/LC_MESSAGES/strongroom.mo \
    "share/metainfo/$id.metainfo.xml" \
    "share/mime/packages/$id.xml")
else
  expected=
fi
is "$others" "$expected" "nothing else is installed"
is "$(find "$dest" -type f -perm /022 | head -n 1)" "" "nothing that others may write"

is "$(bash_offers strongroomctl snap)" "snapshots" "bash completes a verb"
is "$(bash_offers strongroomctl backup --one)" "--one-file-system" "bash completes an option"
is "$(bash_offers strongroomctl restore --overwrite n)" "never" "bash completes a value"
if command -v zsh >/dev/null; then
  passes "zsh reads its completion" zsh -n "$installed/share/zsh/site-functions/_strongroomctl"
else
  skip "zsh reads its completion" "zsh is not installed"
fi

passes "uninstalling" ninja -C "$build_root" uninstall
is "$(find "$dest" -type f -o -type l 2>/dev/null | head -n 5)" "" "no file stays"

done_testing
