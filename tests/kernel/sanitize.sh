#!/usr/bin/env bash
# Runs the kernel's tests on a build that stops at any access out of bounds and at undefined
# behaviour (AddressSanitizer, UndefinedBehaviorSanitizer).  Needs gcc; run from the root.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=$PWD/.venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r src/morphkit "$scratch"
rm -f "$scratch"/morphkit/_kernel.*
CC=gcc "$python" src/kernel/build.py --sanitize --into "$scratch/morphkit" >"$scratch/log" 2>&1 ||
  { cat "$scratch/log"; exit 1; }

export PYTHONPATH=$scratch LD_PRELOAD ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
LD_PRELOAD=$(gcc -print-file-name=libasan.so)
"$python" -c "import morphkit._kernel as k; assert k.__file__.startswith('$scratch'), k.__file__"
"$python" -m pytest tests/kernel >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
echo "Kernel under AddressSanitizer and UndefinedBehaviorSanitizer: $(tail -n 1 "$scratch/log")"
