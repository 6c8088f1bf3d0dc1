#!/bin/sh
# On the machine of the platform, where every release has a folder: `releases/VERSION/deploy/up.sh` brings that version
# up, and the one that ran before again when it does not come up healthy. To go back is to call that of an earlier
# version: `previous/deploy/up.sh`.
set -eu
release=$(cd "$(dirname "$0")/.." && pwd -P)
home=$(cd "$release/../.." && pwd -P)
before=$(cd "$home/current" 2>/dev/null && pwd -P || true)
if ! [ -f "$home/settings.env" ]; then
  echo "There is no $home/settings.env: make it from deploy/settings.example.env." >&2
  exit 1
fi

compose() {
  of=$1
  shift
  docker compose --file "$of/docker-compose.yml" --env-file "$home/settings.env" --env-file "$of/release.env" "$@"
}

bring_up() {
  compose "$1" up --detach --no-build --remove-orphans --wait --wait-timeout 300
}

compose "$release" pull --quiet
# While the version before goes on serving: what these do, it can live with. Where one fails, nothing has been replaced.
compose "$release" run --rm -T migrate
compose "$release" run --rm -T namespace

if bring_up "$release"; then
  if [ -n "$before" ] && [ "$before" != "$release" ]; then ln -sfn "$before" "$home/previous"; fi
  ln -sfn "$release" "$home/current"
  echo "up: $(basename "$release")"
  exit 0
fi
compose "$release" logs --tail 50 >&2 || true
if [ -n "$before" ] && [ "$before" != "$release" ]; then
  bring_up "$before"
  echo "not healthy: $(basename "$release"); up again: $(basename "$before")" >&2
fi
exit 1
