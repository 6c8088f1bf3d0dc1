#!/bin/sh
# deploy/over-ssh.sh IMAGE VERSION: takes what that version needs to the machine DEPLOY_HOST (user@host, whose key ssh
# knows), into DEPLOY_DIRECTORY, and brings it up. The image it pulls itself, and its secrets it has already.
set -eu
image=$1
version=$2
case $version in
  '' | *[!A-Za-z0-9._-]*) echo "This is no version: $version" >&2 && exit 2 ;;
esac
release=${DEPLOY_DIRECTORY:-/srv/stayward}/releases/$version
cd "$(dirname "$0")/.."

printf 'STAYWARD_IMAGE=%s\nSTAYWARD_VERSION=%s\n' "$image" "$version" |
  ssh "$DEPLOY_HOST" "mkdir -p '$release' && cat > '$release/release.env'"
tar --create docker-compose.yml deploy | ssh "$DEPLOY_HOST" "tar --extract --directory '$release'"
ssh "$DEPLOY_HOST" "'$release/deploy/up.sh'"
