#!/usr/bin/env bash
# Install the front ends that tests/front_ends runs packages in, into a folder (default:
# .front_ends in this repository), about 4 GB.  Programs come from apt-get, if it is there and
# may be used; what can't be installed is said, and its tests skip.
set -uo pipefail
home=${1:-$(cd "$(dirname "$0")/../.." && pwd)/.front_ends}
mkdir -p "$home"
python=${PYTHON:-python3}

environment() { # name, then arguments of pip
  local name=$1 && shift
  [ -e "$home/$name/done" ] && return
  { "$python" -m venv "$home/$name" && "$home/$name/bin/pip" install -q "$@" && touch "$home/$name/done"; } \
    >"$home/$name.log" 2>&1 || { echo "$name could not be installed: its tests will skip"; rm -rf "${home:?}/$name"; }
}

node() { # name, then packages of npm
  local name=$1 && shift
  [ -e "$home/$name/node_modules/.done" ] && return
  { mkdir -p "$home/$name" && npm install --silent --no-audit --no-fund --no-package-lock --prefix "$home/$name" "$@" \
    && touch "$home/$name/node_modules/.done"; } >"$home/$name.log" 2>&1 || {
    echo "$name could not be installed: its tests will skip"
    rm -rf "${home:?}/$name"
  }
}

programs() {
  local wanted="chromium pngcheck octave xvfb xauth xdotool libgl1-mesa-dri libgl1 libglu1-mesa libegl1
    libxkbcommon0 libdbus-1-3 libusb-1.0-0 libportaudio2 fontconfig fonts-dejavu-core"
  local missing="" name
  for name in chromium octave Xvfb xdotool pngcheck fc-list; do
    command -v "$name" >/dev/null || missing=$name
  done
  [ -z "$missing" ] && [ -n "$(fc-list)" ] && return
  command -v apt-get >/dev/null || { echo "no apt-get: tests that need $wanted will skip"; return; }
  # shellcheck disable=SC2086
  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted) \
    >"$home/apt.log" 2>&1 || echo "apt-get could not install all of $wanted: some tests will skip"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends octave-psychtoolbox-3 \
    >>"$home/apt.log" 2>&1 || echo "Psychtoolbox could not be installed: its test will skip"
}

pandas2() { # what PsychoPy needs to read tables and to compile, with the pandas before
  environment psychopy_pandas2 packaging numpy 'pandas<3' openpyxl pyyaml xmlschema astunparse esprima jedi \
    json_tricks i18next scipy
  [ -e "$home/psychopy_pandas2/done" ] || return
  "$home/psychopy_pandas2/bin/pip" install -q --no-deps psychopy==2026.2.5 >>"$home/psychopy_pandas2.log" 2>&1 ||
    rm -rf "$home/psychopy_pandas2"
}

programs &
environment psychopy psychopy==2026.2.5 &
wait
pandas2 &
environment opensesame opensesame-core==4.1.22 pygame &
environment formats bids-validator-deno==3.0.2 mlcroissant==1.1.1 roc-validator==0.13.0 rocrate==0.16.0 frictionless pillow &
wait
node jspsych7 jspsych@7.3.4 @jspsych/plugin-preload@1.1.3 \
  @jspsych/plugin-html-keyboard-response@1.1.3 @jspsych/plugin-image-keyboard-response@1.1.3
node jspsych8 jspsych@8.3.0 @jspsych/plugin-preload@2.1.0 \
  @jspsych/plugin-html-keyboard-response@2.2.0 @jspsych/plugin-image-keyboard-response@2.2.0
node labjs lab.js@20.2.4
