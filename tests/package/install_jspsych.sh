#!/usr/bin/env bash
# Install the jsPsych versions that the browser tests run against, into a folder (default:
# .jspsych beside the tests' repository), and print the value of MORPHKIT_TEST_NODE_MODULES.
set -euo pipefail
home=${1:-.jspsych}
install() {
  mkdir -p "$home/$1"
  npm install --silent --no-audit --no-fund --no-package-lock --prefix "$home/$1" "${@:2}" >&2
}
install v7 jspsych@7.3.4 @jspsych/plugin-preload@1.1.3 \
  @jspsych/plugin-html-keyboard-response@1.1.3 @jspsych/plugin-image-keyboard-response@1.1.3
install v8 jspsych@8.3.0 @jspsych/plugin-preload@2.1.0 \
  @jspsych/plugin-html-keyboard-response@2.2.0 @jspsych/plugin-image-keyboard-response@2.2.0
home=$(cd "$home" && pwd)
echo "$home/v7/node_modules:$home/v8/node_modules"
