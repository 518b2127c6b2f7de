#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the Strongroom authors
#
# test-data.sh SOURCE-FOLDER BUILD-FOLDER: what the desktop reads of us, by the programs that judge
# it. A program that is not there is a skip.
set -uo pipefail

source_root=$1
build=$2
id=io.github.strongroom.Strongroom
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
count=0

# judge TITLE PROGRAM ARGUMENT…: passes if the program does.
judge() {
  local title=$1 output
  shift
  count=$((count + 1))
  if ! command -v "$1" >/dev/null; then
    printf 'ok %s - %s # SKIP %s is not installed\n' "$count" "$title" "$1"
  elif output=$("$@" 2>&1); then
    printf 'ok %s - %s\n' "$count" "$title"
  else
    printf 'not ok %s - %s\n' "$count" "$title"
    printf '%s\n' "$output" | sed 's/^/# /'
  fi
}

# The type of our own is found by name, and takes nothing from the types of others.
mime_database() {
  mkdir -p "$scratch/mime/packages" &&
    cp "$source_root/data/mime/$id.xml" "$scratch/mime/packages/" &&
    update-mime-database "$scratch/mime" &&
    grep -qx '50:application/vnd.strongroom.pos-backup:\*.backup' "$scratch/mime/globs2" &&
    [ "$(grep -c '^[0-9]' "$scratch/mime/globs2")" -eq 1 ]
}

# No file of the host is in sight of the sandbox: files come by portals.
sandbox_is_closed() {
  jq -e '."finish-args" | map(select(test("filesystem|talk-name|own-name|socket=session"))) == []' \
    "$source_root/flatpak/$id.json"
}

judge "the desktop entry" desktop-file-validate "$build/data/$id.desktop"
judge "the description for software centres" \
  appstreamcli validate --no-net --explain "$build/data/$id.metainfo.xml"
judge "the settings" glib-compile-schemas --strict --dry-run "$source_root/data"
judge "the templates and icons are XML" \
  xmllint --noout "$source_root"/src/gtk/*.ui "$source_root"/data/icons/*.svg \
  "$source_root/src/gtk/strongroom.gresource.xml" "$source_root/data/mime/$id.xml"
judge "the MIME type" mime_database
judge "the manifest is JSON" jq -e .id "$source_root/flatpak/$id.json"
judge "the manifest opens no files of the host" sandbox_is_closed
judge "flatpak-builder reads the manifest" \
  flatpak-builder --show-manifest "$source_root/flatpak/$id.json"
judge "the D-Bus service starts the program" \
  grep -q 'Exec=/.*/bin/strongroom --gapplication-service' "$build/data/$id.service"
printf '1..%s\n' "$count"
