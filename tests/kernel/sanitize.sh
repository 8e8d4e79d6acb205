#!/usr/bin/env bash
# Runs the kernel's tests on builds that stop at any access out of bounds and at undefined
# behaviour (AddressSanitizer, UndefinedBehaviorSanitizer): as it is compiled for this machine,
# as for a processor of its kind without AVX2, and in plain C, as for one without vectors.  Needs gcc and the environment in .venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v gcc >/dev/null 2>&1 || [ ! -f "$(gcc -print-file-name=libasan.so)" ]; then
  echo "kernel under sanitizers: skipped, there is no gcc with libasan"
  exit 0
fi
python=$PWD/.venv/bin/python
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
log=$scratch/log
run() { "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }; }

cp -r src/morphkit "$scratch"
for way in "" "-DMORPHKIT_BASELINE" "-DMORPHKIT_PLAIN"; do
  rm -f "$scratch"/morphkit/_kernel.*
  CC=gcc CFLAGS=$way run "$python" src/kernel/build.py --sanitize --into "$scratch/morphkit"
  PYTHONPATH=$scratch LD_PRELOAD=$(gcc -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 \
    run "$python" -c "from morphkit.native import kernel as k; assert k.__file__.startswith('$scratch')"
  PYTHONPATH=$scratch LD_PRELOAD=$(gcc -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0 \
    run "$python" -m pytest tests/kernel -p no:cacheprovider
  echo "kernel under sanitizers${way:+, $way}: $(tail -n 1 "$log")"
done
