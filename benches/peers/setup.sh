#!/usr/bin/env bash
# Puts each peer into a virtual environment of its own: setup.sh [FOLDER] [PEER ...]
# FOLDER is $RHEOBASE_PEERS or ~/.cache/rheobase-peers where it is not given, PEER one or more of
# brian2 brainpy nest, else all of them.
# Needs python3 with venv, and a C++ compiler and make for Brian2's standalone mode.
set -euo pipefail
folder=${1:-${RHEOBASE_PEERS:-$HOME/.cache/rheobase-peers}}
shift || true

# Brian2 2.9 fails with newer numpy and Cython, and asks for setuptools at run time; BrainPy imports numba unasked.
packages() {
    case $1 in
        brian2) echo 'brian2==2.9.0 numpy<2.3 cython<3.2 setuptools' ;;
        brainpy) echo 'brainpy jax[cpu] numba' ;;
        nest) echo 'nest-simulator numpy' ;;
        *) echo "there is no peer $1: brian2, brainpy, nest" >&2; return 1 ;;
    esac
}

for peer in "${@:-brian2 brainpy nest}"; do
    for name in $peer; do
        wanted=$(packages "$name")
        [ -d "$folder/$name" ] || python3 -m venv "$folder/$name"
        read -ra list <<<"$wanted"
        "$folder/$name/bin/pip" install --quiet "${list[@]}"
    done
done
echo "peers are in $folder"
