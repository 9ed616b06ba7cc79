#!/usr/bin/env bash
# Makes .venv ready for work: finds a Python, installs the locked packages, this package in editable form, and the
# connector into the environment's Hummingbot. Run by `make demo`, `make test` and `make lint`; a second run does nothing
# but check, in well under a second. `setup.sh --find-python` only prints the Python that it would use; `setup.sh --lock`
# resolves the lock anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

LOCK=.ci/requirements.lock
VENV=.venv
VENV_PYTHON=$VENV/bin/python
STAMP=$VENV/.hummingbot-ccxt-setup         # the fingerprint of the last set-up that came to its end
STARTED=$VENV/.hummingbot-ccxt-setup-began # there while packages are being installed, and after an interruption of that
# On 3.13 the lock cannot be installed: coincurve 20.0.0 has no wheel for it, and its source does not build any more.
SUPPORTED="3.12"

say() { printf '%s\n' "$*"; }
fail() {
    printf 'set-up: %s\n' "$@" >&2
    exit 2
}

# Whether "$1" runs, is of a supported version, and can make an environment with pip in it. A pyenv shim is found on PATH
# and yet refuses to run, so nothing short of running it tells.
usable() {
    "$1" -c "
import sys, venv, ensurepip
sys.exit('%d.%d' % sys.version_info[:2] not in '$SUPPORTED'.split())" </dev/null >/dev/null 2>&1
}

# Prints the first usable Python; fails with all that was tried.
find_python() {
    local tried=() version candidate found
    if [ -n "${PYTHON:-}" ]; then
        found=$(command -v "$PYTHON" || true)
        if [ -n "$found" ] && usable "$found"; then
            say "$found"
            return
        fi
        fail "PYTHON=$PYTHON does not run, is none of Python $SUPPORTED, or lacks the modules venv and ensurepip."
    fi
    for candidate in $(printf 'python%s ' $SUPPORTED) python3 python; do
        found=$(command -v "$candidate" || true)
        tried+=("$candidate on PATH${found:+ ($found)}")
        if [ -n "$found" ] && usable "$found"; then
            say "$found"
            return
        fi
    done
    local pyenv=${PYENV_ROOT:-${HOME:-}/.pyenv}
    for version in $SUPPORTED; do
        tried+=("$pyenv/versions/$version.*")
        for candidate in $(ls -d "$pyenv/versions/$version".*/bin/python 2>/dev/null | sort -V -r); do
            if usable "$candidate"; then
                say "$candidate"
                return
            fi
        done
    done
    for version in $SUPPORTED; do
        tried+=("uv python find $version")
        found=$(uv python find --no-project "$version" 2>/dev/null </dev/null || true)
        if [ -n "$found" ] && usable "$found"; then
            say "$found"
            return
        fi
    done
    printf 'set-up: no Python of %s that runs and has the modules venv and ensurepip.\n' "${SUPPORTED// / or }" >&2
    printf 'Looked for:\n' >&2
    printf '  %s\n' "${tried[@]}" >&2
    cat >&2 <<'TEXT'
Get one, for example with one of
  apt install python3.12-venv        (Debian and Ubuntu)
  brew install python@3.12           (macOS)
  pyenv install 3.12
  uv python install 3.12
or name one: make ... PYTHON=/path/to/python3.12
TEXT
    exit 2
}

# What the environment is made of; a change of any of it means setting up again. The folder is part of it, since an
# environment's scripts name it, and so is the list of installed packages.
fingerprint() {
    "$VENV_PYTHON" - "$PWD" "$LOCK" setup.cfg pyproject.toml .ci/setup.sh <<'CODE'
import hashlib, pathlib, sys, sysconfig
installed = sorted(path.name for path in pathlib.Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
parts = [sys.version, sys.argv[1], *installed, *(open(path).read() for path in sys.argv[2:])]
print(hashlib.sha256("\0".join(parts).encode()).hexdigest())
CODE
}

is_ready() {
    [ -f "$STAMP" ] && [ -x "$VENV_PYTHON" ] && [ "$(fingerprint 2>/dev/null)" = "$(cat "$STAMP")" ] &&
        # Also puts the connector back where somebody took it out.
        "$VENV/bin/hummingbot-ccxt" install >/dev/null 2>&1
}

# An environment whose Python runs and whose pip starts (it does not after the folder was moved, or in a half-made one),
# and in which no installation was interrupted: that may leave a package half written, and uv takes it for installed.
make_venv() {
    if [ -x "$VENV_PYTHON" ] && usable "$VENV_PYTHON" && "$VENV/bin/pip" --version >/dev/null 2>&1 && [ ! -e "$STARTED" ]
    then
        return
    fi
    local python
    python=$(find_python)
    say "Making $VENV with $("$python" --version 2>&1) ($python)"
    "$python" -m venv --clear "$VENV"
}

# uv, of the version and the hashes in the lock.
install_uv() {
    local wanted
    wanted=$(sed -n 's/^uv==\([^ ]*\).*/uv \1/p' "$LOCK")
    if [ "$("$VENV/bin/uv" --version 2>/dev/null | cut -d' ' -f1,2)" = "$wanted" ]; then
        return
    fi
    local entry=$VENV/uv.requirements
    awk '/^uv==/ {inside = 1} inside {print} inside && !/\\$/ {exit}' "$LOCK" >"$entry"
    "$VENV_PYTHON" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$entry"
    rm -f "$entry"
}

# uv does not read pip's configuration: hand on the index that pip was told to use, for this run only.
use_index_of_pip() {
    local index
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX:-}${UV_INDEX_URL:-}" ]; then
        index=${PIP_INDEX_URL:-$("$VENV_PYTHON" -m pip config get install.index-url 2>/dev/null ||
            "$VENV_PYTHON" -m pip config get global.index-url 2>/dev/null || true)}
        if [ -n "$index" ]; then
            export UV_DEFAULT_INDEX=$index
        fi
    fi
    if [ -z "${SSL_CERT_FILE:-}" ]; then
        index=${PIP_CERT:-$("$VENV_PYTHON" -m pip config get global.cert 2>/dev/null || true)}
        if [ -n "$index" ]; then
            export SSL_CERT_FILE=$index
        fi
    fi
}

# Whether the environment has the Hummingbot that the lock names.
has_hummingbot() {
    local version
    version=$(sed -n 's/^hummingbot==\([^ ]*\).*/\1/p' "$LOCK")
    compgen -G "$VENV/lib/python*/site-packages/hummingbot-$version.dist-info" >/dev/null
}

# Runs a command, and says every 20 seconds that it is still running.
with_sign_of_life() {
    local started=$SECONDS status=0
    "$@" &
    local job=$!
    (   # sleep gets no output to hold open, since it outlives this subshell by up to 20 s
        while sleep 20 >/dev/null 2>&1 && kill -0 "$job" 2>/dev/null; do
            say "  ... still installing, $((SECONDS - started)) s so far"
        done
    ) &
    local ticker=$!
    trap 'kill "$job" "$ticker" 2>/dev/null; exit 130' INT TERM # a background job does not get Ctrl-C by itself
    wait "$job" || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    trap - INT TERM
    return $status
}

install_locked() {
    if ! has_hummingbot; then
        say "Installing the locked packages. Hummingbot is compiled on this machine, which takes 3 to 6 minutes on two cores;"
        say "this happens once (the result is kept in uv's cache)."
    fi
    : >"$STARTED"
    # Compiled now, half a minute once: each process that has to compile Hummingbot and ccxt for itself takes two seconds
    # longer to start, and where PYTHONDONTWRITEBYTECODE is set that is every one, for good.
    if ! with_sign_of_life "$VENV/bin/uv" pip install --python "$VENV_PYTHON" --no-deps --require-hashes \
        --compile-bytecode -r "$LOCK"; then
        if ! command -v c++ >/dev/null && ! command -v g++ >/dev/null && ! command -v clang++ >/dev/null; then
            fail "there is no C++ compiler, which Hummingbot needs: install g++ (Debian and Ubuntu: apt install g++)" \
                "or clang (macOS: xcode-select --install), then run the same command again."
        fi
        fail "the installation failed (see above); run the same command again to go on from here."
    fi
    rm -f "$STARTED"
}

main() {
    case "${1:-}" in
    --find-python)
        find_python
        return
        ;;
    --lock)
        shift
        make_venv
        use_index_of_pip
        install_uv
        make_lock "$@"
        return
        ;;
    esac
    if is_ready; then
        return
    fi
    make_venv
    use_index_of_pip
    install_uv
    rm -f "$STAMP"
    install_locked
    "$VENV/bin/uv" pip install --quiet --python "$VENV_PYTHON" --no-deps --no-build-isolation --editable .
    "$VENV/bin/hummingbot-ccxt" install
    fingerprint >"$STAMP.new"
    mv "$STAMP.new" "$STAMP"
    say "Set-up complete."
}

# Versions and hashes only: uv writes no index address unless it is told to. A pin that still fits stays, unless the
# arguments have --upgrade.
make_lock() {
    "$VENV/bin/uv" pip compile .ci/requirements.in --overrides .ci/overrides.txt --output-file "$LOCK" \
        --universal --python-version "${SUPPORTED%% *}" --generate-hashes --no-annotate --no-header --quiet "$@"
    say "Wrote $LOCK."
}

main "$@"
